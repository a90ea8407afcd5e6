package io.streaminfa.transcode.worker;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;

import io.streaminfa.media.MediaFormatException;
import io.streaminfa.transcode.WorkerChannel;
import io.streaminfa.transcode.WorkerMessage;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * The worker process. {@code connect SOCKET} serves the server that listens there; {@code train}
 * encodes a source of its own and exits, for the JDK's AOT cache to be made from.
 *
 * <p>Exit codes: 0 all was encoded, 2 it gave up and said why, 3 the server is gone, 64 wrong
 * arguments.
 */
public final class WorkerMain {
  static final int EXIT_FAILED = 2;
  static final int EXIT_SERVER_GONE = 3;
  static final int EXIT_USAGE = 64;

  /** More than the server has under way at a time. */
  private static final int MAX_QUEUED_MESSAGES = 1024;

  /** A day. */
  private static final long MAX_DEMONSTRATION_SECONDS = 86_400;

  private final WorkerChannel channel;
  private final Vitals vitals = new Vitals();
  private final FfmpegLog log = new FfmpegLog();
  private final Outlet outlet;
  private final BlockingQueue<WorkerMessage> inbox = new ArrayBlockingQueue<>(MAX_QUEUED_MESSAGES);

  /** From here on the channel closes because all is done. */
  private volatile boolean finished;

  private WorkerMain(WorkerChannel channel) {
    this.channel = channel;
    this.outlet = vitals.watching(new BatchingOutlet(channel));
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length == 2 && arguments[0].equals("connect")) {
      System.exit(connect(Path.of(arguments[1])));
    }
    if (arguments.length == 1 && arguments[0].equals("train")) {
      Native.load();
      System.exit(Training.run(avcodec_find_encoder_by_name("libx264") != null));
    }
    System.err.println("usage: connect SOCKET | train");
    System.exit(EXIT_USAGE);
  }

  static int connect(Path socket) throws IOException, InterruptedException {
    SocketChannel connection = SocketChannel.open(StandardProtocolFamily.UNIX);
    connection.connect(UnixDomainSocketAddress.of(socket));
    try (WorkerChannel channel = new WorkerChannel(connection)) {
      return new WorkerMain(channel).serve();
    }
  }

  private int serve() throws IOException, InterruptedException {
    try {
      return serveOne();
    } finally {
      finished = true;
    }
  }

  private int serveOne() throws IOException, InterruptedException {
    Thread.ofPlatform().name("receive").daemon().start(this::receive);
    Native.load();
    log.install();
    outlet.send(new WorkerMessage.Ready(Native.version()));
    // Past the watched outlet: what the heartbeat sends is no progress of the work.
    new Heartbeat(channel::send, vitals.new Pulse(), log).start();
    try {
      switch (inbox.take()) {
        case WorkerMessage.Configure configure -> transcode(configure);
        case WorkerMessage.Demonstrate demonstrate -> demonstrate(demonstrate);
        case WorkerMessage.Probe probe ->
            outlet.send(
                new WorkerMessage.Probed(
                    new FileProbe(probe.limits(), vitals).probe(probe.path())));
        case WorkerMessage.EncodeChunk chunk -> encodeChunk(chunk);
        case WorkerMessage.EncodeAudio audio -> encodeAudio(audio);
        case WorkerMessage other -> throw unexpected(other);
      }
      outlet.send(new WorkerMessage.Ended());
      return 0;
    } catch (WorkerFailure e) {
      outlet.send(new WorkerMessage.Failed(e.toFailure()));
      return EXIT_FAILED;
    }
  }

  private void transcode(WorkerMessage.Configure configure)
      throws WorkerFailure, IOException, InterruptedException {
    try (LiveTranscode transcode = new LiveTranscode(configure, outlet, vitals, log)) {
      while (true) {
        WorkerMessage message = inbox.take();
        vitals.begin();
        try {
          switch (message) {
            case WorkerMessage.Tracks tracks -> transcode.tracks(tracks.tracks());
            case WorkerMessage.Packet packet -> {
              transcode.packet(packet.sample());
              vitals.consumed(packet.sample().sizeBytes());
            }
            case WorkerMessage.End end -> {
              transcode.finish();
              return;
            }
            case WorkerMessage other -> throw unexpected(other);
          }
        } finally {
          vitals.done();
        }
      }
    }
  }

  private void demonstrate(WorkerMessage.Demonstrate demonstrate)
      throws WorkerFailure, IOException, InterruptedException {
    try (DemoGenerator generator = DemoGenerator.open(demonstrate, outlet)) {
      generator.run(MAX_DEMONSTRATION_SECONDS, true);
    }
  }

  private void encodeChunk(WorkerMessage.EncodeChunk request)
      throws WorkerFailure, IOException, InterruptedException {
    try (ChunkTranscode chunk = new ChunkTranscode(request, outlet, vitals)) {
      chunk.run();
    }
  }

  private void encodeAudio(WorkerMessage.EncodeAudio request)
      throws WorkerFailure, IOException, InterruptedException {
    try (AudioTranscode audio = new AudioTranscode(request, outlet, vitals)) {
      audio.run();
    }
  }

  private static WorkerFailure unexpected(WorkerMessage message) {
    String name = message.getClass().getSimpleName();
    return new WorkerFailure("worker_protocol", "unexpected message " + name, false);
  }

  /** Whatever the other threads are in, native calls included, ends with the server. */
  private void receive() {
    try {
      while (true) {
        WorkerMessage message = channel.receive();
        if (message == null) {
          break;
        }
        inbox.put(message);
      }
    } catch (IOException | MediaFormatException e) {
      if (!finished) {
        System.err.println("receive: " + e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!finished) {
      Runtime.getRuntime().halt(EXIT_SERVER_GONE);
    }
  }
}
