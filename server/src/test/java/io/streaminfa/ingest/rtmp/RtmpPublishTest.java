package io.streaminfa.ingest.rtmp;

import static io.streaminfa.ingest.rtmp.Bytes.buffer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streaminfa.ingest.rtmp.amf0.Amf0Value;
import io.streaminfa.ingest.rtmp.amf0.Amf0Value.Null;
import io.streaminfa.ingest.rtmp.amf0.Amf0Value.Num;
import io.streaminfa.ingest.rtmp.amf0.Amf0Value.Obj;
import io.streaminfa.ingest.rtmp.amf0.Amf0Value.StrictArray;
import io.streaminfa.ingest.rtmp.amf0.Amf0Value.Text;
import io.streaminfa.ingest.rtmp.chunk.RawMessage;
import io.streaminfa.ingest.rtmp.message.Message;
import io.streaminfa.media.EndReason;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What publishers say, and what they are answered, over real sockets. */
final class RtmpPublishTest {
  private static final Message.Audio MP3_FRAME = new Message.Audio(0, buffer("2f fffb9064 00"));

  private RtmpServerFixture server;

  @BeforeEach
  void start() throws IOException {
    server = new RtmpServerFixture();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** What the encoders themselves sent, recorded: handshake, commands, two seconds, and the end. */
  @ParameterizedTest
  @ValueSource(strings = {"ffmpeg.rtmp", "rtmpsink.rtmp", "rtmp2sink.rtmp"})
  void aRecordedEncoderPublishesAndEndsCleanly(String recording) throws Exception {
    try (RtmpTestClient client = server.client()) {
      client.sendBytes(recording(recording));
      RecordingPublishHandler.Session session = server.session();
      await().until(() -> session.ends.contains(EndReason.CLEAN));
      assertThat(session.streamKey).isEqualTo("recorded-key");
      assertThat(session.samples).hasSizeGreaterThan(100);
      assertThat(session.ends).hasSize(1);
      assertThat(server.bytes()).isGreaterThan(10_000);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void aRecordedEncoderIsUnderstoodByteByByte() throws Exception {
    try (RtmpTestClient client = server.client()) {
      byte[] recording = recording("ffmpeg.rtmp");
      for (byte next : recording) {
        client.sendBytes(new byte[] {next});
      }
      RecordingPublishHandler.Session session = server.session();
      await().until(() -> session.ends.contains(EndReason.CLEAN));
      assertThat(session.samples).hasSizeGreaterThan(100);
    }
  }

  /** OBS 30: Enhanced RTMP in connect, chunk stream 4 for media, a chunk size of 4096. */
  @Test
  void theSequenceOfObsIsAnswered() throws Exception {
    try (RtmpTestClient obs = server.client()) {
      obs.shakeHands();
      obs.setChunkSize(4096);
      Amf0Value fourCcs =
          new StrictArray(List.of(new Text("av01"), new Text("hvc1"), new Text("avc1")));
      Message.Command connected =
          obs.connect(
              Map.of(
                  "app", new Text("live"),
                  "type", new Text("nonprivate"),
                  "flashVer", new Text("FMLE/3.0 (compatible; FMSc/1.0)"),
                  "tcUrl", new Text("rtmp://127.0.0.1/live"),
                  "fourCcList", fourCcs));
      assertThat(connected.transactionId()).isEqualTo(1);
      double release = obs.command("releaseStream", 0, new Null(), new Text("key"));
      assertThat(obs.awaitCommand("_result").transactionId()).isEqualTo(release);
      double prepare = obs.command("FCPublish", 0, new Null(), new Text("key"));
      assertThat(obs.awaitCommand("_result").transactionId()).isEqualTo(prepare);
      obs.awaitCommand("onFCPublish");
      double create = obs.command("createStream", 0, new Null());
      Message.Command created = obs.awaitCommand("_result");
      assertThat(created.transactionId()).isEqualTo(create);
      assertThat(created.arguments()).containsExactly(new Null(), new Num(1));
      assertThat(obs.publish("key", 1)).isEqualTo("NetStream.Publish.Start");
      assertThat(obs.received).contains(new Message.StreamBegin(1));

      obs.send(
          new Message.Data(
              List.of(
                  new Text("@setDataFrame"),
                  new Text("onMetaData"),
                  new Amf0Value.EcmaArray(Map.of("width", new Num(1280))))),
          1);
      obs.send(MP3_FRAME, 1);
      obs.command("FCUnpublish", 0, new Null(), new Text("key"));
      obs.awaitCommand("onFCUnpublish");
      obs.command("deleteStream", 0, new Null(), new Num(1));
      assertThat(server.session().ends).containsExactly(EndReason.CLEAN);
    }
  }

  @Test
  void connectIsAnsweredWithWhatTheServerDoes() throws Exception {
    try (RtmpTestClient client = server.client()) {
      Message.Command result = client.connect("live");
      assertThat(client.received)
          .contains(
              new Message.WindowAcknowledgementSize(2_500_000),
              new Message.SetPeerBandwidth(2_500_000, 2),
              new Message.SetChunkSize(4096));
      assertThat(result.transactionId()).isEqualTo(1);
      assertThat(result.arguments().get(0).text("fmsVer")).startsWith("FMS/");
      Amf0Value information = result.arguments().get(1);
      assertThat(information.text("code")).isEqualTo("NetConnection.Connect.Success");
      assertThat(information.number("objectEncoding")).isZero();
      assertThat(information.number("capsEx")).isEqualTo(1);
      assertThat(information.properties())
          .containsEntry("fourCcList", new StrictArray(List.of(new Text("avc1"), new Text("mp4a"))))
          .containsEntry("videoFourCcInfoMap", new Obj(Map.of("avc1", new Num(1))))
          .containsEntry("audioFourCcInfoMap", new Obj(Map.of("mp4a", new Num(1))));
    }
  }

  @ParameterizedTest
  @CsvSource({
    RecordingPublishHandler.BUSY_KEY + ", busy",
    RecordingPublishHandler.UNKNOWN_KEY + ", unknown_key"
  })
  void aRefusedPublisherReadsWhyAndIsClosed(String key, String code) throws Exception {
    try (RtmpTestClient client = server.client()) {
      client.connect("live");
      long stream = client.createStream();
      assertThat(client.publish(key, stream)).isEqualTo("NetStream.Publish.BadName");
      Message last = client.received.getLast();
      assertThat(last).isInstanceOf(Message.Command.class);
      Amf0Value information = ((Message.Command) last).arguments().get(1);
      assertThat(information.text("level")).isEqualTo("error");
      assertThat(information.text("description")).contains("key");
      client.awaitClose();
      assertThat(server.errors(code)).isEqualTo(1);
    }
  }

  @Test
  void aRefusalIsReadableByAPublisherThatKeepsSending() throws Exception {
    try (RtmpTestClient client = server.client()) {
      client.connect("live");
      long stream = client.createStream();
      client.command("publish", stream, new Null(), new Text(RecordingPublishHandler.BUSY_KEY));
      for (int i = 0; i < 1000; i++) {
        client.send(MP3_FRAME, stream);
      }
      assertThat(client.awaitStatus()).isEqualTo("NetStream.Publish.BadName");
      client.socket.shutdownOutput();
      client.awaitClose();
    }
  }

  @Test
  void publishBeforeCreateStreamIsRefused() throws Exception {
    try (RtmpTestClient client = server.client()) {
      client.connect("live");
      assertThat(client.publish("key", 1)).isEqualTo("NetStream.Publish.BadName");
      assertThat(server.handler.requests).isEmpty();
      assertThat(server.errors("publish_without_stream")).isEqualTo(1);
    }
  }

  @Test
  void publishWithoutAKeyIsRefused() throws Exception {
    try (RtmpTestClient client = server.client()) {
      client.connect("");
      assertThat(client.publish("", client.createStream())).isEqualTo("NetStream.Publish.BadName");
      assertThat(server.errors("no_stream_key")).isEqualTo(1);
    }
  }

  @Test
  void aSecondPublishOnOneConnectionIsRefused() throws Exception {
    try (RtmpTestClient client = server.client()) {
      client.startPublishing("live", "key");
      long second = client.createStream();
      assertThat(client.publish("other", second)).isEqualTo("NetStream.Publish.BadName");
      RecordingPublishHandler.Session session = server.session();
      await().until(() -> session.ends.contains(EndReason.REFUSED));
    }
  }

  @Test
  void aPlayerIsToldThatThisServerDeliversByHls() throws Exception {
    try (RtmpTestClient client = server.client()) {
      client.connect("live");
      client.command("play", client.createStream(), new Null(), new Text("key"));
      assertThat(client.awaitStatus()).isEqualTo("NetStream.Play.Failed");
      client.awaitClose();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"_checkbw", "getStreamLength", "FCSubscribe", "pause", "anything"})
  void otherCommandsAreAnsweredAndHarmless(String command) throws Exception {
    try (RtmpTestClient client = server.client()) {
      client.connect("live");
      double transaction = client.command(command, 0, new Null());
      Message.Command answer = client.await(Message.Command.class);
      assertThat(answer.name()).isIn("_result", "_error");
      assertThat(answer.transactionId()).isEqualTo(transaction);
      assertThat(client.publish("key", client.createStream())).isEqualTo("NetStream.Publish.Start");
    }
  }

  @Test
  void createStreamBeforeConnectIsAnError() throws Exception {
    try (RtmpTestClient client = server.client()) {
      client.shakeHands();
      double transaction = client.command("createStream", 0, new Null());
      assertThat(client.awaitCommand("_error").transactionId()).isEqualTo(transaction);
    }
  }

  @Test
  void afterACleanEndTheSameConnectionMayPublishAgain() throws Exception {
    try (RtmpTestClient client = server.client()) {
      long first = client.startPublishing("live", "first");
      client.command("closeStream", first, new Null());
      assertThat(client.awaitStatus()).isEqualTo("NetStream.Unpublish.Success");
      assertThat(client.publish("second", client.createStream()))
          .isEqualTo("NetStream.Publish.Start");
      assertThat(server.session().ends).containsExactly(EndReason.CLEAN);
      assertThat(server.session().ends).isEmpty();
    }
  }

  @Test
  void aClosedConnectionIsNotACleanEnd() throws Exception {
    RtmpTestClient client = server.client();
    client.startPublishing("live", "key");
    client.close();
    RecordingPublishHandler.Session session = server.session();
    await().until(() -> session.ends.contains(EndReason.CONNECTION_LOST));
    await().until(() -> server.errors("connection_closed") == 1);
  }

  @Test
  void aResetConnectionIsNotACleanEnd() throws Exception {
    RtmpTestClient client = server.client();
    client.startPublishing("live", "key");
    client.socket.setSoLinger(true, 0);
    client.close();
    RecordingPublishHandler.Session session = server.session();
    await().until(() -> session.ends.contains(EndReason.CONNECTION_LOST));
    assertThat(session.ends).hasSize(1);
  }

  @Test
  void theHandlerCanCutAPublisherOff() throws Exception {
    try (RtmpTestClient client = server.client()) {
      client.startPublishing("live", "key");
      RecordingPublishHandler.Session session = server.session();
      session.cutOff("stream_deleted", "The stream was deleted.");
      assertThat(client.awaitStatus()).isEqualTo("NetStream.Failed");
      client.awaitClose();
      assertThat(session.ends).containsExactly(EndReason.REFUSED);
      assertThat(server.errors("stream_deleted")).isEqualTo(1);
    }
  }

  @Test
  void aPingIsAnsweredAndUnknownTypesAreNot() throws Exception {
    try (RtmpTestClient client = server.client()) {
      client.connect("live");
      client.send(new RawMessage(2, 77, 0, 0, buffer("00")));
      client.send(new Message.PingRequest(0xffff_fffeL), 0);
      assertThat(client.await(Message.PingResponse.class).timestampMs()).isEqualTo(0xffff_fffeL);
    }
  }

  @Test
  void brokenMetadataCostsNothing() throws Exception {
    try (RtmpTestClient client = server.client()) {
      long stream = client.startPublishing("live", "key");
      client.send(new RawMessage(4, 18, stream, 0, buffer("02 ffff 61")));
      client.send(new Message.PingRequest(7), 0);
      assertThat(client.await(Message.PingResponse.class).timestampMs()).isEqualTo(7);
      assertThat(server.errors("amf0_truncated")).isEqualTo(1);
    }
  }

  private static byte[] recording(String name) throws IOException {
    try (InputStream in = RtmpPublishTest.class.getResourceAsStream(name)) {
      assertThat(in).isNotNull();
      return in.readAllBytes();
    }
  }
}
