"""Stand-in for an identity provider (OpenID Connect), written from OpenID Connect Core 1.0 and RFC 7636.

It knows the discovery document, the token endpoint with PKCE, and signed ID tokens. It shows no login page:
`log_in` is what the provider does after one.
"""

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.signing.servers import Reply, Request, as_json, serving

SECRET = "rahasia-klien"


@dataclass
class IdentityProvider:
    """`claims` are those of the person who logs in next; `asked` are the parameters of the last login.

    `issuer` is what the metadata name; empty for the address. `signing_key` and
    `algorithm` sign the ID tokens.
    """

    address: str = ""
    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    key: Any = field(default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048))
    signing_key: Any = None
    algorithm: str = "RS256"

    def log_in(self, location: str) -> str:
        """Return the address that the provider answers with after the browser has opened `location`."""
        assert location.startswith(f"{self.address}/auth?")
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        assert self.asked["code_challenge_method"] == "S256"
        return f"{self.asked['redirect_uri']}?{urlencode({'code': 'kode', 'state': self.asked['state']})}"

    def __call__(self, request: Request) -> Reply:
        if request.path == "/.well-known/openid-configuration":
            endpoints = {"authorization_endpoint": "auth", "token_endpoint": "token", "jwks_uri": "keys"}
            places = {name: f"{self.address}/{path}" for name, path in endpoints.items()}
            return as_json({"issuer": self.issuer or self.address, **places})
        if request.path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            return as_json({"keys": [{**public, "kid": "1", "alg": "RS256"}]})
        sent = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        challenge = base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"].encode()).digest())
        is_known = (sent["client_id"], sent["client_secret"]) == (self.asked["client_id"], SECRET)
        if not is_known or challenge.decode().rstrip("=") != self.asked["code_challenge"]:
            return as_json({"error": "invalid_grant"}, 400)
        token = {"iss": self.issuer or self.address, "aud": sent["client_id"], "exp": time.time() + 60}
        key = self.key if self.signing_key is None else self.signing_key
        signed = jwt.encode({**token, **self.claims}, key, algorithm=self.algorithm, headers={"kid": "1"})
        return as_json({"access_token": "a", "token_type": "Bearer", "id_token": signed})


@contextmanager
def provided() -> Iterator[IdentityProvider]:
    provider = IdentityProvider()
    with serving(provider) as provider.address:
        yield provider
