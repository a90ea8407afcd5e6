package io.streaminfa.pipeline;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streaminfa.jobs.VodChunk;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.packager.VodSegment;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.transcode.RenditionList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a finished chunk gave: enough to write the playlists after a restart without reading media.
 *
 * @param renditions what its encoders made
 * @param segments all of them are stored
 */
record VodChunkResult(List<Rendition> renditions, List<VodSegment> segments) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Of a segment. */
  private static final int FIELDS = 3;

  VodChunkResult {
    renditions = List.copyOf(renditions);
    segments = List.copyOf(segments);
  }

  /** Short: the audio of six hours is one chunk, and {@link VodChunk#MAX_RESULT_CHARS} holds it. */
  String toText() {
    ObjectNode root = JSON.createObjectNode();
    root.put("renditions", new RenditionList(renditions).toBytes());
    ObjectNode all = root.putObject("segments");
    for (VodSegment segment : segments) {
      all.withArray(JsonPointer.empty().appendProperty(segment.rendition()))
          .add(segment.number())
          .add(segment.durationMicros())
          .add(segment.sizeBytes());
    }
    return root.toString();
  }

  /**
   * @throws MediaFormatException when another version of this server wrote it
   */
  static VodChunkResult ofText(String text) throws MediaFormatException {
    JsonNode root = JobText.read("a chunk's result", text);
    List<VodSegment> segments = new ArrayList<>();
    for (Map.Entry<String, JsonNode> rendition : root.path("segments").properties()) {
      JsonNode fields = rendition.getValue();
      for (int i = 0; i < fields.size(); i += FIELDS) {
        segments.add(
            new VodSegment(
                rendition.getKey(),
                JobText.number("number", fields.path(i), 0, Long.MAX_VALUE),
                JobText.number("durationMicros", fields.path(i + 1), 1, Long.MAX_VALUE),
                (int) JobText.number("sizeBytes", fields.path(i + 2), 1, Integer.MAX_VALUE)));
      }
    }
    byte[] renditions = JobText.bytes("renditions", root.path("renditions"));
    return new VodChunkResult(RenditionList.ofBytes(renditions).renditions(), segments);
  }
}
