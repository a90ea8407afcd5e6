package io.streaminfa.config;

import io.streaminfa.transcode.LadderRung;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;

/** What the layers come to, and where each value was written. */
public final class EffectiveSettings {
  private record Entry<T>(T value, Origin origin) {}

  /** A rung with the line it begins on. */
  record PlacedRung(LadderRung rung, Origin origin) {}

  /** By identity: each setting is one constant, and hashing records costs some of the start. */
  private final IdentityHashMap<Setting<?>, Entry<?>> entries = new IdentityHashMap<>();

  private List<PlacedRung> ladder = List.of();

  EffectiveSettings() {}

  <T> void put(Setting<T> setting, T value, Origin origin) {
    entries.put(setting, new Entry<>(value, origin));
  }

  void putLadder(List<PlacedRung> rungs) {
    ladder = List.copyOf(rungs);
  }

  /** Says that all there is so far are the jar's defaults. */
  void markAsShipped() {
    Origin shipped = new Origin.Shipped();
    entries.replaceAll((setting, entry) -> new Entry<>(entry.value(), shipped));
    ladder = ladder.stream().map(placed -> new PlacedRung(placed.rung(), shipped)).toList();
  }

  boolean isShipped(Setting<?> setting) {
    return origin(setting) instanceof Origin.Shipped;
  }

  boolean has(Setting<?> setting) {
    return entries.containsKey(setting);
  }

  // A setting's entry is only ever put with the setting's own type.
  @SuppressWarnings("unchecked")
  private <T> Entry<T> entry(Setting<T> setting) {
    Entry<?> entry = entries.get(setting);
    if (entry == null) {
      throw new IllegalStateException("no value of " + setting.name());
    }
    return (Entry<T>) entry;
  }

  <T> T get(Setting<T> setting) {
    return entry(setting).value();
  }

  Origin origin(Setting<?> setting) {
    return entry(setting).origin();
  }

  List<PlacedRung> ladder() {
    return ladder;
  }

  /** The values that must not be shown, for those who look out for them. */
  public List<String> secrets() {
    List<String> secrets = new ArrayList<>();
    for (Setting<?> setting : Settings.ALL) {
      if (setting.secret()) {
        // No pattern switch on the way of each start: the JDK spins its class anew every time.
        Object value = get(setting);
        if (value instanceof String text && !text.isEmpty()) {
          secrets.add(text);
        } else if (value instanceof Collection<?> texts) {
          texts.forEach(text -> secrets.add(text.toString()));
        }
      }
    }
    return secrets;
  }

  /** All of it as TOML that a server would start with, except that secrets are hidden. */
  public String toToml() {
    StringBuilder out = new StringBuilder();
    String section = "";
    for (Setting<?> setting : Settings.ALL) {
      if (!setting.section().equals(section)) {
        // A list of tables ends its section, so it comes after the section's last key.
        appendLadder(out, section);
        section = setting.section();
        out.append(out.isEmpty() ? "" : "\n").append('[').append(section).append("]\n");
      }
      appendSetting(out, setting);
    }
    return out.toString();
  }

  private <T> void appendSetting(StringBuilder out, Setting<T> setting) {
    T value = get(setting);
    String line = setting.key() + " = " + shown(setting, value);
    out.append(line).append("  # ").append(origin(setting).place()).append('\n');
  }

  private static <T> String shown(Setting<T> setting, T value) {
    boolean isUnset = value.equals("") || (value instanceof Collection<?> c && c.isEmpty());
    if (!setting.secret() || isUnset) {
      return setting.type().toToml(value);
    }
    return value instanceof Collection<?> ? "[\"(hidden)\"]" : "\"(hidden)\"";
  }

  private void appendLadder(StringBuilder out, String section) {
    if (!Settings.LADDER.startsWith(section + ".")) {
      return;
    }
    for (PlacedRung placed : ladder) {
      LadderRung rung = placed.rung();
      out.append("\n[[" + Settings.LADDER + "]]  # ").append(placed.origin().place()).append('\n');
      out.append("name = ").append(ValueType.quoted(rung.name())).append('\n');
      out.append("width = ").append(rung.size().width()).append('\n');
      out.append("height = ").append(rung.size().height()).append('\n');
      out.append("bitrate_kbps = ").append(rung.videoBitrate().bitsPerSecond() / 1000).append('\n');
      out.append("audio_bitrate_kbps = ")
          .append(rung.audioBitrate().bitsPerSecond() / 1000)
          .append('\n');
      out.append("profile = ").append(ValueType.quoted(rung.profile())).append('\n');
      out.append("level = ").append(ValueType.quoted(rung.level())).append('\n');
      out.append("preset = ").append(ValueType.quoted(rung.preset())).append('\n');
    }
  }
}
