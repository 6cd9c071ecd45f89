"""Authlib as an app of Latchkey. Reads an order a line, answers each with a line of JSON; program.ts has the list."""
import json
import os
import sys

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, jwt
from authlib.oidc.core import CodeIDToken

ISSUER, CLIENT, REDIRECT = (os.environ[name] for name in ("ISSUER", "CLIENT", "REDIRECT"))
found = requests.get(f"{ISSUER}/.well-known/openid-configuration").json()
session = OAuth2Session(
    CLIENT,
    os.environ["SECRET"],
    redirect_uri=REDIRECT,
    scope="openid email profile groups offline_access",
    code_challenge_method="S256",
)
verifier, nonce = generate_token(48), generate_token(20)


def begin(_):
    url, _state = session.create_authorization_url(found["authorization_endpoint"], code_verifier=verifier, nonce=nonce)
    return {"url": url}


def callback(url):
    tokens = session.fetch_token(found["token_endpoint"], authorization_response=url, code_verifier=verifier)
    keys = JsonWebKey.import_key_set(requests.get(found["jwks_uri"]).json())
    claims = jwt.decode(
        tokens["id_token"],
        keys,
        claims_cls=CodeIDToken,
        claims_options={"iss": {"essential": True, "value": ISSUER}, "aud": {"essential": True, "value": CLIENT}},
        claims_params={"nonce": nonce, "client_id": CLIENT},
    )
    claims.validate()
    return {"claims": dict(claims), "userinfo": session.get(found["userinfo_endpoint"]).json()}


def refresh(_):
    session.refresh_token(found["token_endpoint"], refresh_token=session.token["refresh_token"])
    return {"userinfo": session.get(found["userinfo_endpoint"]).json()}


def sign_out(_):
    return {"url": f"{found['end_session_endpoint']}?id_token_hint={session.token['id_token']}"}


ORDERS = {"begin": begin, "callback": callback, "refresh": refresh, "sign-out": sign_out}
for line in sys.stdin:
    order, _, rest = line.strip().partition(" ")
    try:
        answer = ORDERS[order](rest)
    except OAuthError as refused:
        answer = {"error": refused.error}
    print(json.dumps(answer), flush=True)
