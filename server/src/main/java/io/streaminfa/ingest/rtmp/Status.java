package io.streaminfa.ingest.rtmp;

import io.streaminfa.ingest.rtmp.amf0.Amf0Value;
import io.streaminfa.ingest.rtmp.message.Message;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What onStatus and its kin say: RTMP 1.0, 7.2.2.
 *
 * @param level {@code "status"} or {@code "error"}
 * @param code such as {@code NetStream.Publish.Start}
 * @param description a sentence for people
 */
record Status(String level, String code, String description) {
  Amf0Value information() {
    Map<String, Amf0Value> properties = new LinkedHashMap<>();
    properties.put("level", new Amf0Value.Text(level));
    properties.put("code", new Amf0Value.Text(code));
    properties.put("description", new Amf0Value.Text(description));
    return new Amf0Value.Obj(properties);
  }

  /** Sends it in a command that wants no answer. */
  void send(RtmpOutput out, String command, long messageStreamId) throws IOException {
    out.command(
        new Message.Command(command, 0, List.of(new Amf0Value.Null(), information())),
        messageStreamId);
  }
}
