"""The forms of keys and notes stay what others have kept; they are those of C2SP."""

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.ledger.integrity.notes import Signer, read_verifier
from tests.independent_proofs import read_note

# Published with the Go implementation, from which the format comes.
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SAID = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
SIGNED = (
    "\N{EM DASH} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1"
    "FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
SUM_GOLANG_ORG = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
KEPT_NOTE = (
    "guild/default\n1000000\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n"
    "\N{EM DASH} guild/default "
    "/1xj9LFT8IOEJzP9s6CxxnDsWIw+EkcTpvIvgEcWLIhrmPOXn7PXboB0m2LhVvg3jpXs4SsZBvPUee7f636KoMJ9SQw=\n"
)
KEPT_KEY = "guild/default+ff5c63f4+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"


def test_a_note_of_another_implementation_is_verified() -> None:
    assert read_verifier(NEUMANN).text_of(f"{SAID}\n{SIGNED}") == SAID


def test_a_key_of_another_log_is_read() -> None:
    verifier = read_verifier(SUM_GOLANG_ORG)
    assert (verifier.name, verifier.text) == ("sum.golang.org", SUM_GOLANG_ORG)


def test_what_was_signed_once_is_signed_the_same_for_ever() -> None:
    signer = Signer(Ed25519PrivateKey.from_private_bytes(bytes(range(32))), "guild")
    root = base64.b64decode("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
    assert signer.verifier("default").text == KEPT_KEY
    assert signer.sign("default", 1_000_000, root) == KEPT_NOTE
    assert read_note(KEPT_NOTE.encode(), KEPT_KEY) == ("guild/default", 10**6, root)
