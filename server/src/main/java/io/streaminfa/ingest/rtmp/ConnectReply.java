package io.streaminfa.ingest.rtmp;

import io.streaminfa.ingest.rtmp.amf0.Amf0Value;
import io.streaminfa.ingest.rtmp.message.Message;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a client says in {@code connect}, and what it is told. */
final class ConnectReply {
  /** Enhanced RTMP v2, FourCcInfoMask. */
  private static final int CAN_DECODE = 0x01;

  /** Enhanced RTMP v2, CapsExMask: "Support for reconnection". */
  static final int CAPS_EX_RECONNECT = 0x01;

  private ConnectReply() {}

  /** The {@code _result}: only what this server does is advertised. */
  static Message.Command success(double transactionId) {
    Map<String, Amf0Value> properties = new LinkedHashMap<>();
    // Encoders look for the prefix "FMS/" to know a media server.
    properties.put("fmsVer", new Amf0Value.Text("FMS/3,5,7,7009"));
    properties.put("capabilities", new Amf0Value.Num(31));
    properties.put("mode", new Amf0Value.Num(1));

    Map<String, Amf0Value> information = new LinkedHashMap<>();
    information.put("level", new Amf0Value.Text("status"));
    information.put("code", new Amf0Value.Text("NetConnection.Connect.Success"));
    information.put("description", new Amf0Value.Text("Connection succeeded."));
    information.put("objectEncoding", new Amf0Value.Num(0));
    information.put(
        "fourCcList",
        new Amf0Value.StrictArray(List.of(new Amf0Value.Text("avc1"), new Amf0Value.Text("mp4a"))));
    information.put("videoFourCcInfoMap", decodable("avc1"));
    information.put("audioFourCcInfoMap", decodable("mp4a"));
    information.put("capsEx", new Amf0Value.Num(CAPS_EX_RECONNECT));
    return new Message.Command(
        "_result",
        transactionId,
        List.of(new Amf0Value.Obj(properties), new Amf0Value.Obj(information)));
  }

  /** Whether a client's connect object says that it obeys a request to reconnect. */
  static boolean announcesReconnect(Amf0Value connectObject) {
    Double capsEx = connectObject.number("capsEx");
    return capsEx != null && (capsEx.longValue() & CAPS_EX_RECONNECT) != 0;
  }

  private static Amf0Value decodable(String fourCc) {
    return new Amf0Value.Obj(Map.of(fourCc, new Amf0Value.Num(CAN_DECODE)));
  }
}
