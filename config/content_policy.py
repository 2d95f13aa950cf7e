"""Content security policy of all pages: what browsers may load, and from where."""

from django.utils.csp import CSP

POLICY = {
    "default-src": [CSP.SELF],
    # The nonce allows the <style> element of public pages (ADR 12).
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
}
