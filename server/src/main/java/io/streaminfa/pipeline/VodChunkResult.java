package io.streaminfa.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.streaminfa.media.MediaFormatException;
import io.streaminfa.packager.VodSegment;
import io.streaminfa.transcode.Rendition;
import io.streaminfa.transcode.RenditionList;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a finished chunk gave: enough to write the playlists after a restart without reading media.
 *
 * @param renditions what its encoders made
 * @param segments all of them are stored
 */
record VodChunkResult(List<Rendition> renditions, List<VodSegment> segments) {
  private static final ObjectMapper JSON = new ObjectMapper();

  VodChunkResult {
    renditions = List.copyOf(renditions);
    segments = List.copyOf(segments);
  }

  String toText() {
    ObjectNode root = JSON.createObjectNode();
    root.put("renditions", new RenditionList(renditions).toBytes());
    ArrayNode list = root.putArray("segments");
    for (VodSegment segment : segments) {
      list.addArray()
          .add(segment.rendition())
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
    try {
      JsonNode root = JSON.readTree(text);
      List<VodSegment> segments = new ArrayList<>();
      for (JsonNode fields : root.path("segments")) {
        segments.add(
            new VodSegment(
                fields.path(0).asText(),
                fields.path(1).asLong(),
                fields.path(2).asLong(),
                fields.path(3).asInt()));
      }
      return new VodChunkResult(
          RenditionList.ofBytes(root.path("renditions").binaryValue()).renditions(), segments);
    } catch (JsonProcessingException e) {
      throw unreadable(e);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static MediaFormatException unreadable(IOException cause) {
    return new MediaFormatException.Malformed(
        "job_unreadable", "a chunk's result cannot be read: " + cause.getMessage());
  }
}
