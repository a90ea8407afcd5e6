package io.streaminfa.delivery;

import java.util.List;

/**
 * The {@code [delivery]} section.
 *
 * @param cacheControlLive of playlists that still change
 * @param cacheControlVod of everything that never changes
 * @param corsAllowedOrigins {@code "*"}, or origins
 */
public record DeliverySettings(
    String cacheControlLive, String cacheControlVod, List<String> corsAllowedOrigins) {
  public DeliverySettings {
    corsAllowedOrigins = List.copyOf(corsAllowedOrigins);
  }
}
