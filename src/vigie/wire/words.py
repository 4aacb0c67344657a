"""The few shapes of text the wire allows. None has room for a sentence or a name."""

from typing import Annotated

from msgspec import Meta

Slug = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=48)]
Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}$", description="a random UUID, hexadecimal")]
Pseudonym = Annotated[str, Meta(pattern=r"^[a-z2-7]{16}$", description="practice or machine")]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$", description="SHA-256, hexadecimal")]
Key = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43}$", description="Ed25519, base64url")]
Signature = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{86}$", description="Ed25519, base64url")]
Version = Annotated[str, Meta(pattern=r"^[0-9]{4}(\.[0-9]{1,3}){1,3}$", description="CalVer")]
Count = Annotated[int, Meta(ge=-(2**53), le=2**53)]
Numbers = Annotated[dict[Slug, Count], Meta(max_length=16)]
# A name on the net: a sender's domain, the host of a link. Letters, digits and dashes.
Host = Annotated[
    str,
    Meta(
        pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$",
        max_length=100,
    ),
]
