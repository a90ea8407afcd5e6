package io.streaminfa.e2e.kit;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As much of a server as its operator sees: a port, a worker, an end. For the kit's own tests. */
final class FakeProduct {
  private FakeProduct() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    String toml = Files.readString(Path.of(arguments[2]));
    Matcher port = Pattern.compile("server.control_port = ([0-9]+)").matcher(toml);
    if (!arguments[0].equals("serve") || !arguments[1].equals("--config") || !port.find()) {
      Runtime.getRuntime().halt(2);
    }
    Process worker =
        new ProcessBuilder("bash", "-c", "exec -a io.streaminfa.transcode.worker.Fake sleep 100")
            .start();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  worker.destroyForcibly();
                  Runtime.getRuntime().halt(toml.contains("fake.bad_end") ? 3 : 0);
                }));
    HttpServer server =
        HttpServer.create(
            new InetSocketAddress(
                InetAddress.getLoopbackAddress(), Integer.parseInt(port.group(1))),
            10);
    server.createContext(
        "/readyz",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    System.out.println("ready");
    new CountDownLatch(1).await();
  }
}
