package io.streaminfa.transcode.worker;

import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import java.nio.charset.StandardCharsets;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avfilter;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swresample;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** Loads FFmpeg, and turns its return codes into failures with its own words. */
final class Native {
  private static final int MAX_ERROR_WORDS_BYTES = 256;

  private Native() {}

  /** Before anything else of FFmpeg: the AVERROR functions crash the process otherwise. */
  static void load() {
    Loader.load(avutil.class);
    Loader.load(swresample.class);
    Loader.load(avcodec.class);
    Loader.load(swscale.class);
    Loader.load(avformat.class);
    Loader.load(avfilter.class);
  }

  static String version() {
    return avutil.av_version_info().getString();
  }

  /** Whether the call has nothing to give now: it wants input, or it is at its end. */
  static boolean isDry(int result) {
    return result == avutil.AVERROR_EAGAIN() || result == AVERROR_EOF;
  }

  static int check(int result, String call) throws WorkerFailure {
    if (result < 0) {
      throw new WorkerFailure("ffmpeg_error", call + ": " + words(result), false);
    }
    return result;
  }

  static <P extends Pointer> P allocated(@Nullable P pointer, String call) throws WorkerFailure {
    if (pointer == null || pointer.isNull()) {
      throw new WorkerFailure("ffmpeg_error", call + ": out of memory", false);
    }
    return pointer;
  }

  static String words(int result) {
    byte[] text = new byte[MAX_ERROR_WORDS_BYTES];
    av_strerror(result, text, text.length);
    int length = 0;
    while (length < text.length && text[length] != 0) {
      length++;
    }
    return new String(text, 0, length, StandardCharsets.UTF_8);
  }
}
