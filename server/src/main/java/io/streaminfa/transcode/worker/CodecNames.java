package io.streaminfa.transcode.worker;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;

/** Codecs as the settings name them. */
final class CodecNames {
  private static final String PCM = "pcm_";

  /** FFmpeg's decoders of all codecs that can be allowed; no other one sees a stranger's bytes. */
  private static final String DECODERS =
      "h264,hevc,av1,libdav1d,vp8,vp9,mpeg4,mpeg2video,prores,"
          + "aac,mp3,mp3float,opus,flac,ac3,"
          + "pcm_u8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,"
          + "pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be,pcm_alaw,pcm_mulaw,pcm_bluray";

  private CodecNames() {}

  static String decoders() {
    return DECODERS;
  }

  static String of(int codecId) {
    String name = avcodec_get_name(codecId).getString();
    if (name.startsWith(PCM)) {
      return "pcm";
    }
    return name.equals("mpeg2video") ? "mpeg2" : name;
  }
}
