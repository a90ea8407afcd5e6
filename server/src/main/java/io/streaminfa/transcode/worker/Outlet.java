package io.streaminfa.transcode.worker;

import io.streaminfa.transcode.WorkerMessage;
import java.io.IOException;

/** Where a worker's messages go. Safe from any thread; may block. */
@FunctionalInterface
interface Outlet {
  void send(WorkerMessage message) throws IOException;
}
