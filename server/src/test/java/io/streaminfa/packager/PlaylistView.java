package io.streaminfa.packager;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A media playlist as a player would see it, read without the code that writes it. */
public record PlaylistView(
    int target, long sequence, long discontinuities, String type, boolean ended, List<Entry> all) {
  /** One segment and the state in force there. */
  public record Entry(
      long number,
      String uri,
      double seconds,
      boolean discontinuity,
      long discontinuitySequence,
      boolean gap,
      String map,
      Instant date) {}

  public static PlaylistView of(ByteBuffer text) {
    return of(StandardCharsets.UTF_8.decode(text.duplicate()).toString());
  }

  public static PlaylistView of(String text) {
    Map<String, String> header = new TreeMap<>();
    List<Entry> entries = new ArrayList<>();
    String map = "";
    Instant date = Instant.EPOCH;
    double seconds = 0;
    boolean gap = false;
    boolean discontinuity = false;
    long passed = 0;
    for (String line : text.split("\n", -1)) {
      String value = line.substring(line.indexOf(':') + 1);
      if (line.startsWith("#EXT-X-MAP")) {
        map = line.split("\"", -1)[1];
      } else if (line.startsWith("#EXT-X-PROGRAM-DATE-TIME")) {
        date = Instant.parse(value);
      } else if (line.startsWith("#EXTINF")) {
        seconds = Double.parseDouble(value.replace(",", ""));
      } else if (line.equals("#EXT-X-GAP")) {
        gap = true;
      } else if (line.equals("#EXT-X-DISCONTINUITY")) {
        discontinuity = true;
        passed++;
      } else if (line.startsWith("#")) {
        header.put(line.contains(":") ? line.substring(0, line.indexOf(':')) : line, value);
      } else if (!line.isEmpty()) {
        long first = Long.parseLong(header.get("#EXT-X-MEDIA-SEQUENCE"));
        long base = Long.parseLong(header.get("#EXT-X-DISCONTINUITY-SEQUENCE"));
        entries.add(
            new Entry(
                first + entries.size(),
                line,
                seconds,
                discontinuity,
                base + passed,
                gap,
                map,
                date));
        gap = false;
        discontinuity = false;
      }
    }
    return new PlaylistView(
        Integer.parseInt(header.get("#EXT-X-TARGETDURATION")),
        Long.parseLong(header.get("#EXT-X-MEDIA-SEQUENCE")),
        Long.parseLong(header.get("#EXT-X-DISCONTINUITY-SEQUENCE")),
        header.getOrDefault("#EXT-X-PLAYLIST-TYPE", ""),
        header.containsKey("#EXT-X-ENDLIST"),
        entries);
  }

  public double totalSeconds() {
    return all.stream().mapToDouble(Entry::seconds).sum();
  }
}
