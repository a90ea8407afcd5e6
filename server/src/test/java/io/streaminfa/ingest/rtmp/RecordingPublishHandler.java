package io.streaminfa.ingest.rtmp;

import io.streaminfa.ingest.PublishHandler;
import io.streaminfa.ingest.PublishRejected;
import io.streaminfa.ingest.PublishRequest;
import io.streaminfa.ingest.PublishSession;
import io.streaminfa.media.EndReason;
import io.streaminfa.media.Sample;
import io.streaminfa.media.Track;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Takes every key but those that are to be refused, and remembers what came. */
public final class RecordingPublishHandler implements PublishHandler {
  /** The key of a stream that another publisher holds. */
  public static final String BUSY_KEY = "busy-key";

  /** A key that no stream has. */
  public static final String UNKNOWN_KEY = "unknown-key";

  public final Queue<PublishRequest> requests = new ConcurrentLinkedQueue<>();
  public final BlockingQueue<Session> sessions = new LinkedBlockingQueue<>();

  @Override
  public PublishSession open(PublishRequest request) throws PublishRejected {
    requests.add(request);
    return switch (request.streamKey()) {
      case BUSY_KEY ->
          throw new PublishRejected(
              PublishRejected.Reason.BUSY, "Another publisher is live on this key.");
      case UNKNOWN_KEY ->
          throw new PublishRejected(PublishRejected.Reason.UNKNOWN_KEY, "No stream has this key.");
      default -> {
        Session session = new Session(request.streamKey());
        sessions.add(session);
        yield session;
      }
    };
  }

  /** One accepted publisher. */
  public static final class Session implements PublishSession {
    public final String streamKey;
    public final Queue<List<Track>> starts = new ConcurrentLinkedQueue<>();
    public final Queue<Sample> samples = new ConcurrentLinkedQueue<>();
    public final AtomicLong sampleBytes = new AtomicLong();
    public final Queue<EndReason> ends = new ConcurrentLinkedQueue<>();
    public final AtomicInteger interrupts = new AtomicInteger();

    /** While this is not open, {@link #write} blocks, as a full queue does. */
    public volatile CountDownLatch gate = new CountDownLatch(0);

    /** Whether a {@link #write} has met a gate that was not open. */
    public volatile boolean heldUp;

    private final CountDownLatch listening = new CountDownLatch(1);
    private volatile CutOff cutOff = (_, _) -> {};

    Session(String streamKey) {
      this.streamKey = streamKey;
    }

    @Override
    public String streamId() {
      return "stream-of-" + streamKey.length();
    }

    @Override
    public void onCutOff(CutOff listener) {
      cutOff = listener;
      listening.countDown();
    }

    /** Ends the connection from the handler's side. */
    public void cutOff(String code, String description) throws InterruptedException {
      listening.await();
      cutOff.cutOff(code, description);
    }

    @Override
    public void start(List<Track> tracks) {
      starts.add(tracks);
    }

    @Override
    public void write(Sample sample) throws InterruptedException {
      try {
        heldUp |= gate.getCount() > 0;
        gate.await();
      } catch (InterruptedException e) {
        interrupts.incrementAndGet();
        throw e;
      }
      samples.add(sample);
      sampleBytes.addAndGet(sample.sizeBytes());
    }

    @Override
    public void end(EndReason reason) {
      ends.add(reason);
    }
  }
}
