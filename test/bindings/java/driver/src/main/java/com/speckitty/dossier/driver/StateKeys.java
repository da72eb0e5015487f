package com.speckitty.dossier.driver;

import com.speckitty.dossier.v1.LocalNamespaceTuple;
import com.speckitty.dossier.v1.MissionDossierState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The key of a state's namespace and its parity hash, after docs/porting.md.
 *
 * @param namespaceKey the key by scope, or null without a namespace
 * @param parityHash the hash by rule
 */
record StateKeys(Map<String, String> namespaceKey, Map<String, String> parityHash) {
  private static final List<String> PREFIXES = List.of("sha256:", "sha512:", "md5:");

  static StateKeys of(MissionDossierState state) {
    LocalNamespaceTuple namespace = state.getNamespace();
    return new StateKeys(
        state.hasNamespace()
            ? Map.of("mission", namespaceKey(namespace, false), "step", namespaceKey(namespace, true))
            : null,
        Map.of("path-hash", pathHash(state), "hashes", hashes(state)));
  }

  private static String namespaceKey(LocalNamespaceTuple namespace, boolean ofStep) {
    MessageDigest digest = sha256();
    for (String text :
        List.of(
            namespace.getProjectUuid(),
            namespace.getFeatureSlug(),
            namespace.getTargetBranch(),
            namespace.getMissionKey(),
            namespace.getManifestVersion())) {
      updateWithLength(digest, text);
    }
    if (ofStep) {
      digest.update((byte) (namespace.hasStepId() ? 1 : 0));
      if (namespace.hasStepId()) {
        updateWithLength(digest, namespace.getStepId());
      }
    }
    return HexFormat.of().formatHex(digest.digest()).substring(0, 32);
  }

  private static void updateWithLength(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    digest.update(bytes);
  }

  private static String pathHash(MissionDossierState state) {
    String text =
        present(state).entrySet().stream()
            .map(artifact -> artifact.getKey() + "\t" + artifact.getValue())
            .collect(Collectors.joining("\n"));
    return "sha256:" + hexOf(text);
  }

  private static String hashes(MissionDossierState state) {
    return hexOf(
        present(state).values().stream()
            .sorted(StateKeys::compareCodePoints)
            .collect(Collectors.joining()));
  }

  /** The content hashes of the artifacts that are present, by path. */
  private static Map<String, String> present(MissionDossierState state) {
    Map<String, String> contents = new TreeMap<>(StateKeys::compareCodePoints);
    state
        .getArtifactsMap()
        .forEach(
            (path, entry) -> {
              if (!entry.getSuperseded()) {
                contents.put(path, bare(entry.getContentRef().getHash()));
              }
            });
    return contents;
  }

  /** The order of the bytes in UTF-8. {@code String.compareTo} compares UTF-16 units. */
  private static int compareCodePoints(String a, String b) {
    return Arrays.compareUnsigned(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  private static String bare(String hash) {
    return PREFIXES.stream()
        .filter(hash::startsWith)
        .findFirst()
        .map(prefix -> hash.substring(prefix.length()))
        .orElse(hash);
  }

  private static String hexOf(String text) {
    return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
