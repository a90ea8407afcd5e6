package io.streaminfa.webhooks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers with a byte every 20 ms, and never with a line. */
final class DrippingReceiver implements AutoCloseable {
  private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicInteger connections = new AtomicInteger();

  DrippingReceiver() throws IOException {
    threads.execute(this::accept);
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        connections.incrementAndGet();
        threads.execute(() -> drip(socket));
      }
    } catch (IOException e) {
      // The test is over.
      closed.countDown();
    }
  }

  private void drip(Socket socket) {
    try (socket) {
      boolean isOver = false;
      while (!isOver) {
        socket.getOutputStream().write('H');
        isOver = closed.await(20, TimeUnit.MILLISECONDS);
      }
    } catch (IOException e) {
      // Cut off, as it should be.
      connections.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  int port() {
    return server.getLocalPort();
  }

  int connections() {
    return connections.get();
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    server.close();
    threads.shutdownNow();
  }
}
