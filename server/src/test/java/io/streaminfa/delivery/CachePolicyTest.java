package io.streaminfa.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.storage.ObjectKey;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class CachePolicyTest {
  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  @Test
  void onlyACompleteRecordingIsFinal() {
    String vod = "#EXTM3U\n#EXT-X-PLAYLIST-TYPE:VOD\n";
    assertThat(CachePolicy.isFinalMediaPlaylist(bytes(vod + "#EXT-X-ENDLIST\n"))).isTrue();
    assertThat(CachePolicy.isFinalMediaPlaylist(bytes(vod))).isFalse();
    assertThat(CachePolicy.isFinalMediaPlaylist(bytes("#EXTM3U\n#EXT-X-ENDLIST\n"))).isFalse();
  }

  @Test
  void aMultivariantPlaylistNamesItsFirstMediaPlaylist() {
    ObjectKey key = new ObjectKey("s/master.m3u8");
    String multivariant = "#EXTM3U\n\n#EXT-X-STREAM-INF:BANDWIDTH=1\r\nhigh/media.m3u8\r\n";
    assertThat(CachePolicy.firstMediaPlaylist(key, bytes(multivariant)))
        .contains(new ObjectKey("s/high/media.m3u8"));
    assertThat(CachePolicy.firstMediaPlaylist(key, bytes("#EXTM3U\nhigh/media.m3u8\n"))).isEmpty();
    assertThat(
            CachePolicy.firstMediaPlaylist(key, bytes("#EXT-X-STREAM-INF:\nhttps://cdn/x.m3u8\n")))
        .isEmpty();
  }
}
