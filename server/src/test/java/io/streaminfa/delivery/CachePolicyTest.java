package io.streaminfa.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.streaminfa.storage.MemoryObjectStore;
import io.streaminfa.storage.ObjectKey;
import java.nio.ByteBuffer;
import java.util.List;
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
  void whatAStoredObjectSaysIsWhatTheOriginSays() throws Exception {
    String live = "no-store";
    String vod = "max-age=1";
    StoredCacheControl control = new StoredCacheControl(new DeliverySettings(live, vod, List.of()));
    MemoryObjectStore store = new MemoryObjectStore(1000);
    ObjectKey media = new ObjectKey("s/high/media.m3u8");
    ByteBuffer ended = bytes("#EXTM3U\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-ENDLIST\n");
    ByteBuffer running = bytes("#EXTM3U\n");
    assertThat(control.of(media, running, store)).isEqualTo(live);
    assertThat(control.of(media, ended, store)).isEqualTo(vod);
    assertThat(control.of(new ObjectKey("s/high/000000.m4s"), bytes(""), store)).isEqualTo(vod);
    assertThat(control.of(new ObjectKey("s/high/init.mp4"), bytes(""), store)).isEqualTo(vod);
    assertThat(control.of(new ObjectKey("s/metadata.json"), bytes("{}"), store)).isEqualTo(live);
    ObjectKey master = new ObjectKey("s/master.m3u8");
    ByteBuffer multivariant = bytes("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhigh/media.m3u8\n");
    assertThat(control.of(master, multivariant, store)).isEqualTo(live);
    store.put(media, running);
    assertThat(control.of(master, multivariant, store)).isEqualTo(live);
    store.put(media, ended);
    assertThat(control.of(master, multivariant, store)).isEqualTo(vod);
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
