package io.sluice.gateway.tls;

import io.grpc.util.CertificateUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A certificate and the key that it is of.
 *
 * @param certificates the server's own first, then those between it and the root
 */
public record TlsKeyPair(List<X509Certificate> certificates, PrivateKey key) {

  private static final byte[] PROBE = "is this the key?".getBytes(StandardCharsets.US_ASCII);

  public TlsKeyPair {
    certificates = List.copyOf(certificates);
  }

  /**
   * Reads a pair.
   *
   * @param certificates PEM: the server's own first
   * @param key PEM, PKCS #8, RSA or EC, without a password
   * @throws IOException if a file cannot be read or is not what it should be, or the key is not
   *     that of the certificate
   */
  public static TlsKeyPair read(Path certificates, Path key) throws IOException {
    return parse(Files.readAllBytes(certificates), Files.readAllBytes(key));
  }

  static TlsKeyPair parse(byte[] certificates, byte[] key) throws IOException {
    TlsKeyPair pair;
    try {
      pair =
          new TlsKeyPair(
              List.of(CertificateUtils.getX509Certificates(new ByteArrayInputStream(certificates))),
              CertificateUtils.getPrivateKey(new ByteArrayInputStream(key)));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("not a certificate and its key in PEM", e);
    }
    if (pair.certificates.isEmpty()) {
      throw new IOException("there is no certificate in the file");
    }
    if (!pair.fits()) {
      throw new IOException("the key is not that of the certificate");
    }
    return pair;
  }

  /** Returns the server's own certificate. */
  public X509Certificate own() {
    return certificates.get(0);
  }

  /** What the key signs, the certificate must confirm. */
  private boolean fits() throws IOException {
    PublicKey publicKey = own().getPublicKey();
    String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
    if (!publicKey.getAlgorithm().equals(key.getAlgorithm())) {
      return false;
    }
    try {
      Signature signing = Signature.getInstance(algorithm);
      signing.initSign(key);
      signing.update(PROBE);
      byte[] signed = signing.sign();
      Signature checking = Signature.getInstance(algorithm);
      checking.initVerify(publicKey);
      checking.update(PROBE);
      return checking.verify(signed);
    } catch (SignatureException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IOException("a key of this kind cannot be used", e);
    }
  }
}
