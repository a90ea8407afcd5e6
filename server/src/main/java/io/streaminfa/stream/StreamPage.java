package io.streaminfa.stream;

import java.util.List;
import java.util.Optional;

/**
 * A part of a list, newest first.
 *
 * @param next what continues the list: pass it as the next page's {@code after}
 * @param total how many streams the whole list has at this moment
 */
public record StreamPage(List<Stream> streams, Optional<StreamId> next, long total) {
  public StreamPage {
    streams = List.copyOf(streams);
  }
}
