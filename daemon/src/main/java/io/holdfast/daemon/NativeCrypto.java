package io.holdfast.daemon;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.security.Security;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts digests and ciphers written for the processor before Java's own. Those are fast only with the optimizing compiler,
 * which the daemon goes without: it takes a tenth of a pod's start (ADR 10). Both compute the same.
 */
final class NativeCrypto {
    private static final Logger LOG = LoggerFactory.getLogger(NativeCrypto.class);

    private NativeCrypto() {}

    /** Success also where it is in place already; where its library cannot be loaded, Java's stay and it is said. */
    static void install() {
        Throwable unloadable = AmazonCorrettoCryptoProvider.INSTANCE.getLoadingError();
        if (unloadable == null) {
            Security.insertProviderAt(AmazonCorrettoCryptoProvider.INSTANCE, 1);
        } else {
            LOG.warn("Image pulls will be slower: the library of native digests cannot be loaded", unloadable);
        }
    }
}
