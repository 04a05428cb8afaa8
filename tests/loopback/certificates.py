"""Certificates for loopback servers: one that nobody vouches for, and two of an authority that a run is told to trust."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Key = ec.EllipticCurvePrivateKey


def name_of(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certificate(subject: str, key: Key, issuer: str, issuer_key: Key, names: list[x509.GeneralName], *, is_authority: bool = False) -> x509.Certificate:
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name_of(issuer), name_of(subject), key.public_key(), x509.random_serial_number(), now - timedelta(days=1),
                                   now + timedelta(days=30))
    made = made.add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    made = made.add_extension(x509.SubjectAlternativeName(names), critical=False) if names else made
    return made.sign(issuer_key, hashes.SHA256())


def pem(made: x509.Certificate | Key) -> bytes:
    if isinstance(made, x509.Certificate):
        return made.public_bytes(serialization.Encoding.PEM)
    return made.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def context(folder: Path, label: str, made: x509.Certificate, key: Key) -> ssl.SSLContext:
    path = folder / f"{label}.pem"
    path.write_bytes(pem(made) + pem(key))
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    found.load_cert_chain(path)
    return found


def contexts(folder: Path, host: str) -> tuple[Path, ssl.SSLContext, ssl.SSLContext, ssl.SSLContext]:
    """(file of the authority, self-signed, good for `host`, good for another host)."""
    authority, server = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = certificate("Loopback authority", authority, "Loopback authority", authority, [], is_authority=True)
    path = folder / "authority.pem"
    path.write_bytes(pem(root))
    here, other = [x509.IPAddress(ip_address(host))], [x509.DNSName("another.example")]
    alone = certificate("alone", server, "alone", server, here)
    good, of_another = (certificate("server", server, "Loopback authority", authority, names) for names in (here, other))
    return path, *(context(folder, label, made, server) for label, made in (("alone", alone), ("good", good), ("another", of_another)))  # type: ignore[return-value]
