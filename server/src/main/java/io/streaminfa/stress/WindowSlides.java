package io.streaminfa.stress;

import io.streaminfa.packager.ListedRow;
import io.streaminfa.packager.LiveWindow;

/** Rows that come into the live window at one end and leave it at the other. */
final class WindowSlides implements Scenario {
  private final int count;
  private final int size;

  WindowSlides(int count, int size) {
    if (size < 3) {
      throw new IllegalArgumentException("a live window has at least 3 segments");
    }
    this.count = count;
    this.size = size;
  }

  @Override
  public String operation() {
    return "a row made and put into a window of " + size;
  }

  @Override
  public Figures round() throws Exception {
    LiveWindow[] last = {LiveWindow.EMPTY};
    Figures figures = new Crowd().measured(count, laps -> last[0] = slide(laps)).run();
    LiveWindow window = last[0];
    long first = Math.max(0, count - size);
    WrongResult.unless(
        window.rows().size() == Math.min(count, size) && window.mediaSequence() == first,
        "the window has " + window.rows().size() + " rows from " + window.mediaSequence());
    for (ListedRow row : window.rows()) {
      WrongResult.unless(row.equals(Rows.row(first)), "the window has another row than " + first);
      first++;
    }
    return figures;
  }

  private LiveWindow slide(Laps laps) throws WrongResult {
    LiveWindow window = LiveWindow.EMPTY;
    for (int number = 0; number < count; number++) {
      window = window.append(Rows.row(number), size, Rows.MIN_WINDOW_MICROS);
      if (window.mediaSequence() != Math.max(0, number + 1 - size)) {
        throw new WrongResult("row " + window.mediaSequence() + " is first after row " + number);
      }
      laps.lap();
    }
    return window;
  }

  @Override
  public void close() {}
}
