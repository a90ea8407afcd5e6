package io.streaminfa.transcode.worker;

import static org.bytedeco.ffmpeg.global.avutil.av_display_rotation_get;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_side_data;

import io.streaminfa.transcode.Colour;
import io.streaminfa.units.Resolution;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.IntPointer;
import org.jspecify.annotations.Nullable;

/**
 * All of a decoded picture that a filter graph depends on.
 *
 * @param sampleAspectNumerator 1 where the stream does not say
 * @param rotationDegrees clockwise, in quarter turns: 0, 90, 180, 270
 */
record PictureFormat(
    Resolution codedSize,
    int pixelFormat,
    int sampleAspectNumerator,
    int sampleAspectDenominator,
    int rotationDegrees,
    boolean interlaced,
    Colour colour,
    int colorRange) {
  /** libavutil/frame.h: {@code #define AV_FRAME_FLAG_INTERLACED (1 << 3)}. */
  private static final int INTERLACED_FLAG = 1 << 3;

  /** libavutil/frame.h: {@code #define AV_FRAME_FLAG_KEY (1 << 1)}. */
  private static final int KEY_FLAG = 1 << 1;

  /**
   * @param before the format of the picture before it in the same stream; null for the first
   */
  static PictureFormat of(AVFrame frame, @Nullable PictureFormat before) {
    AVRational aspect = frame.sample_aspect_ratio();
    boolean known = aspect.num() > 0 && aspect.den() > 0;
    return new PictureFormat(
        new Resolution(frame.width(), frame.height()),
        frame.format(),
        known ? aspect.num() : 1,
        known ? aspect.den() : 1,
        rotationOf(frame, before),
        (before != null && before.interlaced()) || (frame.flags() & INTERLACED_FLAG) != 0,
        new Colour(frame.color_primaries(), frame.color_trc(), frame.colorspace()),
        frame.color_range());
  }

  /**
   * The display orientation SEI comes with a key frame and "persists ... until a new coded video
   * sequence begins" (ISO/IEC 14496-10, D.2.25); the decoder attaches it to that frame only.
   */
  private static int rotationOf(AVFrame frame, @Nullable PictureFormat before) {
    AVFrameSideData matrix = av_frame_get_side_data(frame, avutil.AV_FRAME_DATA_DISPLAYMATRIX);
    if (matrix == null || matrix.isNull()) {
      boolean beginsAnew = (frame.flags() & KEY_FLAG) != 0;
      return before == null || beginsAnew ? 0 : before.rotationDegrees();
    }
    // "the angle (in degrees) by which the transformation rotates the frame counterclockwise".
    double counterclockwise = av_display_rotation_get(new IntPointer(matrix.data()));
    if (Double.isNaN(counterclockwise)) {
      return 0;
    }
    return Math.floorMod(-(int) Math.round(counterclockwise / 90) * 90, 360);
  }

  Resolution displaySize() {
    int width =
        (int)
            Math.max(
                1,
                Math.round(
                    (double) codedSize.width() * sampleAspectNumerator / sampleAspectDenominator));
    Resolution upright = new Resolution(width, codedSize.height());
    return rotationDegrees % 180 == 0 ? upright : upright.turned();
  }

  String pixelFormatName() {
    return avutil.av_get_pix_fmt_name(pixelFormat).getString();
  }
}
