package io.streaminfa.ingest.rtmp;

import static io.streaminfa.ingest.rtmp.Bytes.buffer;
import static io.streaminfa.ingest.rtmp.Bytes.hex;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streaminfa.ingest.rtmp.amf0.Amf0Value;
import io.streaminfa.ingest.rtmp.amf0.Amf0Value.Null;
import io.streaminfa.ingest.rtmp.amf0.Amf0Value.Num;
import io.streaminfa.ingest.rtmp.amf0.Amf0Value.Text;
import io.streaminfa.ingest.rtmp.message.Message;
import io.streaminfa.media.EndReason;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.media.flv.FlvFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Peers that are slow, silent, greedy or wrong; and how the server closes. */
final class RtmpAbuseTest {
  private static final Message.Audio MP3_FRAME = new Message.Audio(0, buffer("2f fffb9064 00"));

  @Test
  void aByteNowAndThenDoesNotProlongTheHandshake() throws Exception {
    try (RtmpServerFixture server = new RtmpServerFixture();
        RtmpTestClient client = server.client()) {
      trickle(client, new byte[] {3});
      await().until(() -> server.errors("handshake_timeout") == 1);
      assertClosed(client);
    }
  }

  @Test
  void aByteNowAndThenDoesNotProlongTheTimeToPublish() throws Exception {
    try (RtmpServerFixture server = new RtmpServerFixture();
        RtmpTestClient client = server.client()) {
      client.shakeHands();
      // A command of 65,000 bytes that never gets there.
      client.sendBytes(hex("03 000000 00fde8 14 00000000"));
      trickle(client, new byte[] {2});
      await().until(() -> server.errors("publish_timeout") == 1);
      assertClosed(client);
    }
  }

  @Test
  void commandsWithoutEndDoNotProlongTheTimeToPublish() throws Exception {
    try (RtmpServerFixture server = new RtmpServerFixture();
        RtmpTestClient client = server.client()) {
      client.connect("live");
      Thread flood =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      while (!Thread.currentThread().isInterrupted()) {
                        client.send(new Message.Command("any", 0, List.of()), 0);
                      }
                    } catch (IOException e) {
                      Thread.currentThread().interrupt();
                    }
                  });
      await().until(() -> server.errors("publish_timeout") == 1);
      flood.join();
    }
  }

  @Test
  void aClientThatConnectsAndNeverPublishesIsToldWhyItIsClosed() throws Exception {
    try (RtmpServerFixture server = new RtmpServerFixture();
        RtmpTestClient client = server.client()) {
      client.connect("live");
      Message.Command status = client.awaitCommand("onStatus");
      assertStatus(status, "NetConnection.Connect.Closed", "No stream was published within ");
      client.awaitClose();
      await().until(() -> server.errors("publish_timeout") == 1);
    }
  }

  @Test
  void aPublisherThatFallsSilentIsToldWhyAndMayComeBack() throws Exception {
    try (RtmpServerFixture server =
            new RtmpServerFixture(Duration.ofMillis(600), RtmpServerFixture.TIMEOUTS);
        RtmpTestClient client = server.client()) {
      client.startPublishing("live", "key");
      RecordingPublishHandler.Session session = server.session();
      Message.Command status = client.awaitCommand("onStatus");
      assertStatus(status, "NetStream.Failed", "No media came for 1 s.");
      client.awaitClose();
      assertThat(session.ends).containsExactly(EndReason.CONNECTION_LOST);
      await().until(() -> server.errors("idle_timeout") == 1);
    }
  }

  private static void assertStatus(Message.Command status, String code, String description) {
    Amf0Value information = status.arguments().get(1);
    assertThat(information.text("level")).isEqualTo("error");
    assertThat(information.text("code")).isEqualTo(code);
    assertThat(information.text("description")).startsWith(description);
  }

  @Test
  void aPublisherWithoutMediaIsDead() throws Exception {
    try (RtmpServerFixture server =
            new RtmpServerFixture(Duration.ofMillis(600), RtmpServerFixture.TIMEOUTS);
        RtmpTestClient client = server.client()) {
      long stream = client.startPublishing("live", "key");
      RecordingPublishHandler.Session session = server.session();
      client.send(MP3_FRAME, stream);
      await()
          .until(
              () -> {
                // Pings are not media.
                try {
                  client.send(new Message.PingRequest(1), 0);
                } catch (IOException e) {
                  return true;
                }
                return session.ends.contains(EndReason.CONNECTION_LOST);
              });
      await().until(() -> server.errors("idle_timeout") == 1);
    }
  }

  @Test
  void aPeerThatNeverReadsHoldsNoThread() throws Exception {
    RtmpTimeouts patient =
        new RtmpTimeouts(
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            Duration.ofMillis(500),
            Duration.ofSeconds(1));
    try (RtmpServerFixture server = new RtmpServerFixture(RtmpServerFixture.IDLE_TIMEOUT, patient);
        RtmpTestClient client = server.client()) {
      client.connect("live");
      Thread flood =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      byte[] pings = hex("02 000000 000006 04 00000000 0006 00000001".repeat(1000));
                      while (true) {
                        client.sendBytes(pings);
                      }
                    } catch (IOException e) {
                      Thread.currentThread().interrupt();
                    }
                  });
      await().atMost(Duration.ofSeconds(30)).until(() -> server.errors("peer_does_not_read") == 1);
      assertThat(flood.join(Duration.ofSeconds(5))).isTrue();
    }
  }

  @Test
  void anythingButRtmpIsClosedUnanswered() throws Exception {
    try (RtmpServerFixture server = new RtmpServerFixture();
        RtmpTestClient client = server.client()) {
      client.sendBytes("GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
      assertClosed(client);
      await().until(() -> server.errors("rtmp_version_unsupported") == 1);
    }
  }

  @Test
  void aLargeMessageIsOnlyTakenFromAPublisher() throws Exception {
    try (RtmpServerFixture server = new RtmpServerFixture();
        RtmpTestClient stranger = server.client();
        RtmpTestClient publisher = server.client()) {
      stranger.connect("live");
      stranger.send(new Message.Video(0, ByteBuffer.allocate(65_537)), 1);
      assertThat(stranger.awaitStatus()).isEqualTo("NetStream.Failed");
      assertThat(server.errors("rtmp_message_too_large")).isEqualTo(1);

      long stream = publisher.startPublishing("live", "key");
      publisher.setChunkSize(1 << 20);
      byte[] frame = new byte[1 << 20];
      ByteBuffer.wrap(frame).put(hex("2f fffb90"));
      publisher.send(new Message.Audio(0, ByteBuffer.wrap(frame)), stream);
      publisher.send(new Message.PingRequest(3), 0);
      assertThat(publisher.await(Message.PingResponse.class).timestampMs()).isEqualTo(3);
    }
  }

  @Test
  void aBrokenCommandEndsTheConnectionWithItsReason() throws Exception {
    try (RtmpServerFixture server = new RtmpServerFixture();
        RtmpTestClient client = server.client()) {
      long stream = client.startPublishing("live", "key");
      client.send(new Message.SetChunkSize(0), stream);
      assertThat(client.awaitStatus()).isEqualTo("NetStream.Failed");
      RecordingPublishHandler.Session session = server.session();
      await().until(() -> session.ends.contains(EndReason.REFUSED));
      assertThat(server.errors("rtmp_chunk_size_zero")).isEqualTo(1);
    }
  }

  @Test
  void connectionsThatNeverAuthenticateAreLimitedAndOthersGoOn() throws Exception {
    try (RtmpServerFixture server = new RtmpServerFixture();
        RtmpTestClient publisher = server.client()) {
      long stream = publisher.startPublishing("live", "key");
      List<RtmpTestClient> silent = new ArrayList<>();
      for (int i = 0; i < 2 * RtmpServerFixture.MAX_PENDING; i++) {
        silent.add(server.client());
      }
      await().until(() -> server.errors("too_many_pending") > 0);
      publisher.send(MP3_FRAME, stream);
      publisher.send(new Message.PingRequest(5), 0);
      assertThat(publisher.await(Message.PingResponse.class).timestampMs()).isEqualTo(5);

      await()
          .until(
              () ->
                  server.errors("handshake_timeout") + server.errors("too_many_pending")
                      == silent.size());
      try (RtmpTestClient late = server.client()) {
        late.startPublishing("live", "late");
      }
      for (RtmpTestClient client : silent) {
        client.close();
      }
    }
  }

  @Test
  void publishersAboveTheLimitAreRefusedUntilOneLeaves() throws Exception {
    try (RtmpServerFixture server = new RtmpServerFixture()) {
      List<RtmpTestClient> publishers = new ArrayList<>();
      for (int i = 0; i < RtmpServerFixture.MAX_PUBLISHING; i++) {
        RtmpTestClient client = server.client();
        publishers.add(client);
        client.startPublishing("live", "key" + i);
      }
      try (RtmpTestClient client = server.client()) {
        client.connect("live");
        assertThat(client.publish("more", client.createStream()))
            .isEqualTo("NetStream.Publish.BadName");
        assertThat(server.errors("too_many_connections")).isEqualTo(1);
      }
      publishers.removeFirst().close();
      RecordingPublishHandler.Session first = server.session();
      await().until(() -> !first.ends.isEmpty());
      await()
          .ignoreExceptionsInstanceOf(IOException.class)
          .until(
              () -> {
                try (RtmpTestClient client = server.client()) {
                  return client.startPublishing("live", "next") == 1;
                }
              });
      for (RtmpTestClient client : publishers) {
        client.close();
      }
    }
  }

  @Test
  void eachWindowIsAcknowledged() throws Exception {
    try (RtmpServerFixture server = new RtmpServerFixture();
        RtmpTestClient client = server.client()) {
      long stream = client.startPublishing("live", "key");
      client.send(new Message.WindowAcknowledgementSize(10_000), 0);
      client.send(new Message.Audio(0, ByteBuffer.allocate(30_000)), stream);
      long received = client.await(Message.Acknowledgement.class).receivedBytes();
      assertThat(received).isBetween(10_000L, 40_000L);
    }
  }

  @Test
  void closingEndsStreamsAsShutDownAndTellsPublishers() throws Exception {
    RtmpServerFixture server = new RtmpServerFixture();
    try (RtmpTestClient client = server.client()) {
      client.startPublishing("live", "key");
      Thread closing = Thread.ofVirtual().start(server::close);
      assertThat(client.awaitStatus()).isEqualTo("NetConnection.Connect.AppShutdown");
      client.awaitClose();
      client.socket.close();
      assertThat(closing.join(Duration.ofSeconds(5))).isTrue();
      assertThat(server.session().ends).containsExactly(EndReason.SHUTDOWN);
      assertThat(server.server.isListening()).isFalse();
    }
  }

  @Test
  void clientsThatAnnouncedItAreAskedToReconnectFirst() throws Exception {
    RtmpServerFixture server = new RtmpServerFixture();
    try (RtmpTestClient client = server.client()) {
      client.shakeHands();
      client.connect(Map.of("app", new Text("live"), "capsEx", new Num(1)));
      client.publish("key", client.createStream());
      Thread closing = Thread.ofVirtual().start(server::close);
      assertThat(client.awaitStatus()).isEqualTo("NetConnection.Connect.ReconnectRequest");
      client.socket.close();
      assertThat(closing.join(Duration.ofSeconds(5))).isTrue();
      assertThat(server.session().ends).hasSize(1);
    }
  }

  @Test
  void aStreamThatIsHeldUpIsInterruptedWhenItsPublisherIsCutOff() throws Exception {
    try (RtmpServerFixture server = new RtmpServerFixture();
        RtmpTestClient client = server.client()) {
      long stream = client.startPublishing("live", "key");
      RecordingPublishHandler.Session session = server.session();
      session.gate = new CountDownLatch(1);
      for (FlvFile.Tag tag : FlvFile.ofResource("video-only.flv").tags()) {
        if (tag.type() == FlvFile.VIDEO) {
          client.send(new Message.Video(tag.timestampMs(), tag.body()), stream);
        }
      }
      await().until(() -> session.heldUp);
      session.cutOff("storage_full", "The storage is full.");
      assertThat(client.awaitStatus()).isEqualTo("NetStream.Failed");
      assertThat(session.ends).containsExactly(EndReason.REFUSED);
      assertThat(session.interrupts).hasValue(1);
    }
  }

  private static void trickle(RtmpTestClient client, byte[] first) {
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                client.sendBytes(first);
                while (true) {
                  LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
                  client.sendBytes(new byte[1]);
                }
              } catch (IOException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private static void assertClosed(RtmpTestClient client) throws MediaFormatException {
    try {
      client.awaitClose();
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("reset");
    }
    assertThat(client.received).noneMatch(Message.Command.class::isInstance);
  }

  @Test
  void wrongKeysInBulkLeaveNothingBehind() throws Exception {
    try (RtmpServerFixture server = new RtmpServerFixture()) {
      for (int i = 0; i < 30; i++) {
        try (RtmpTestClient client = server.client()) {
          client.connect("live");
          long stream = client.createStream();
          client.command(
              "publish", stream, new Null(), new Text(RecordingPublishHandler.UNKNOWN_KEY));
          assertThat(client.awaitStatus()).isEqualTo("NetStream.Publish.BadName");
        }
      }
      assertThat(server.errors("unknown_key")).isEqualTo(30);
      assertThat(server.handler.sessions).isEmpty();
    }
  }
}
