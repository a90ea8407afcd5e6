package io.streaminfa.ingest.upload;

import java.io.IOException;

/** How much a file system can take. */
@FunctionalInterface
public interface FreeSpace {
  /** Bytes that this process may still write. */
  long usableBytes() throws IOException;
}
