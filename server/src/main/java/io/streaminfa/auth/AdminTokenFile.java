package io.streaminfa.auth;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The admin token that the server made for itself because none was configured. */
public final class AdminTokenFile {
  static final String NAME = "admin-token";

  private static final Logger log = LoggerFactory.getLogger(AdminTokenFile.class);
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");
  private static final Pattern TOKEN = Pattern.compile("adm_[A-Za-z0-9_-]{43}");
  private static final int RANDOM_BYTES = 32;

  /** Token and line end; what is longer was not written by this server. */
  private static final int MAX_BYTES = 64;

  private AdminTokenFile() {}

  /** Where the token of a data directory is. */
  public static Path in(Path dataDir) {
    return dataDir.resolve(NAME);
  }

  /**
   * The token in the directory; made at the first start and kept from then on.
   *
   * @throws IOException when the file cannot be made, read or protected
   */
  public static String readOrCreate(Path dataDir) throws IOException {
    Files.createDirectories(dataDir);
    Path file = in(dataDir);
    if (!Files.exists(file)) {
      write(file, newToken());
      log.info("admin_token_made file={}", file.toAbsolutePath());
    }
    if (!Files.getPosixFilePermissions(file).equals(OWNER_ONLY)) {
      log.warn("admin_token_permissions_tightened file={}", file.toAbsolutePath());
      Files.setPosixFilePermissions(file, OWNER_ONLY);
    }
    String token =
        Files.size(file) <= MAX_BYTES
            ? Files.readString(file, StandardCharsets.US_ASCII).strip()
            : "";
    if (!TOKEN.matcher(token).matches()) {
      throw new IOException(
          file + " does not hold an admin token; remove it, and the next start makes a new one");
    }
    return token;
  }

  private static String newToken() {
    byte[] bytes = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(bytes);
    return "adm_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Synced, then renamed: a crash leaves the whole token or none. Never readable by others. */
  private static void write(Path file, String token) throws IOException {
    FileAttribute<Set<PosixFilePermission>> mode = PosixFilePermissions.asFileAttribute(OWNER_ONLY);
    Path draft = file.resolveSibling(NAME + ".new");
    Files.deleteIfExists(draft);
    ByteBuffer line = ByteBuffer.wrap((token + "\n").getBytes(StandardCharsets.US_ASCII));
    try (FileChannel channel =
        FileChannel.open(
            draft, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode)) {
      while (line.hasRemaining()) {
        channel.write(line);
      }
      channel.force(true);
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
