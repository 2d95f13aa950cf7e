"""Rate limits: how often an address, a telephone number or an account may do something."""

from environ import Env


def read_rate_limits(env: Env) -> dict[str, str]:
    """Return the limits by action, as number/period/scope.

    `ip` counts per network address (a whole office may share one), `key` per telephone number (submit) or
    e-mail address (reset_password); for `..._failed` see `kit/limits.py`. With passwords of 12
    characters, 1000 guesses a day are harmless. They need 34 network addresses. Above the limit of
    submit_address or submit_phone, the browser must solve a proof of work. Above the limit of ..._proved as
    well, Tim PKD looks at the request before it becomes a case.
    """
    return {
        "login": "120/m/ip",
        "login_failed": "30/5m/ip,5/5m/key,30/d/key",
        "login_failed_anywhere": "1000/d/key",
        "reset_password": "20/m/ip,5/h/key",
        "lookup_failed": "30/5m/ip,10/15m/key,30/d/key",
        "lookup_failed_anywhere": "1000/d/key",
        "verify": "60/5m/ip",
        "own_data": "30/5m/ip",
        "submit_address": env.str("REQUESTS_OF_ADDRESS", default="120/h/ip"),
        "submit_address_proved": "60/h/ip",
        "submit_phone": env.str("REQUESTS_OF_PHONE", default="8/d/key"),
        "submit_phone_proved": "4/d/key",
        "draft_address": "600/h/ip",
        "draft_files_address": "120/h/ip,400/d/ip",  # counted in units of 5 MB
        "held_address": "10/h/ip",
        "calendar_feed": "600/h/ip,60/h/key",
        "unsent": "60/h/ip",  # input stored until somebody has logged in
    }
