/** Configuration as the manual of Krill shows it. Not shipped. */

/** The example of krill.conf's manual (document 002), its comment signs taken off. */
export const EXAMPLE = `
default_signer = "SoftHSMv2 via PKCS#11"

[[signers]]
type = "OpenSSL"
name = "Signer 1"

[[signers]]
type = "OpenSSL"
name = "Signer 2"
keys_path = "/tmp/keys"

[[signers]]
type = "PKCS#11"
name = "Kryptus via PKCS#11"
lib_path = "/usr/local/lib/kryptus/libknetpkcs11_64/libkNETPKCS11.so"
user_pin = "xxxxxx"
slot = 313129207

[[signers]]
type = "PKCS#11"
name = "SoftHSMv2 via PKCS#11"
lib_path = "/usr/local/lib/softhsm/libsofthsm2.so"
user_pin = "xxxx"
slot = 0x12a9f8f7

[[signers]]
type = "KMIP"
name = "Kryptus via KMIP"
host = "my.hsm.example.com"
port = 5696
server_ca_cert_path = "/path/to/some/ca.pem"
username = "user1"
password = "xxxxxx"
`;
