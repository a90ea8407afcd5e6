package io.streaminfa.transcode.worker;

import static org.bytedeco.ffmpeg.global.avfilter.AV_BUFFERSRC_FLAG_KEEP_REF;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersink_get_frame;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersink_get_time_base;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersrc_add_frame_flags;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_get_by_name;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_alloc;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_config;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_create_filter;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_free;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_parse_ptr;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_inout_alloc;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_inout_free;
import static org.bytedeco.ffmpeg.global.avutil.av_strdup;

import io.streaminfa.transcode.Colour;
import io.streaminfa.units.Resolution;
import io.streaminfa.units.Timescale;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bytedeco.ffmpeg.avfilter.AVFilterContext;
import org.bytedeco.ffmpeg.avfilter.AVFilterGraph;
import org.bytedeco.ffmpeg.avfilter.AVFilterInOut;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/**
 * One filter graph: deinterlaces, rotates and tone-maps once, then scales each size from the next
 * larger one. Times go in and come out on {@link Timescale#VIDEO}.
 */
final class ScaleCascade implements AutoCloseable {
  /** Receives a picture of the given size's place in the list; the frame is then its own. */
  @FunctionalInterface
  interface Receiver {
    void scaled(int index, Frame frame) throws WorkerFailure, InterruptedException;
  }

  private final PictureFormat format;
  private final AVFilterGraph graph;
  private final AVFilterContext source;
  private final List<AVFilterContext> sinks;

  private ScaleCascade(
      PictureFormat format,
      AVFilterGraph graph,
      AVFilterContext source,
      List<AVFilterContext> sinks) {
    this.format = format;
    this.graph = graph;
    this.source = source;
    this.sinks = sinks;
  }

  /**
   * @param sizes largest first; a picture of another aspect ratio is framed in black
   */
  static ScaleCascade open(PictureFormat format, List<Resolution> sizes) throws WorkerFailure {
    AVFilterGraph graph = Native.allocated(avfilter_graph_alloc(), "avfilter_graph_alloc");
    try {
      graph.nb_threads(1);
      AVFilterContext source = new AVFilterContext(null);
      Native.check(
          avfilter_graph_create_filter(
              source, avfilter_get_by_name("buffer"), "in", sourceArguments(format), null, graph),
          "buffer");
      List<AVFilterContext> sinks = new ArrayList<>();
      for (int i = 0; i < sizes.size(); i++) {
        AVFilterContext sink = new AVFilterContext(null);
        Native.check(
            avfilter_graph_create_filter(
                sink, avfilter_get_by_name("buffersink"), "out" + i, null, null, graph),
            "buffersink");
        sinks.add(sink);
      }
      connect(graph, description(format, sizes), source, sinks);
      Native.check(avfilter_graph_config(graph, null), "avfilter_graph_config");
      return new ScaleCascade(format, graph, source, List.copyOf(sinks));
    } catch (WorkerFailure e) {
      avfilter_graph_free(graph);
      throw e;
    }
  }

  private static void connect(
      AVFilterGraph graph, String description, AVFilterContext source, List<AVFilterContext> sinks)
      throws WorkerFailure {
    // The graph's inputs are the sinks' ends, and its outputs are the source's.
    AVFilterInOut inputs = null;
    for (int i = sinks.size() - 1; i >= 0; i--) {
      inputs = end("out" + i, sinks.get(i), inputs);
    }
    AVFilterInOut outputs = end("in", source, null);
    try {
      Native.check(
          avfilter_graph_parse_ptr(graph, description, inputs, outputs, null), description);
    } finally {
      avfilter_inout_free(inputs);
      avfilter_inout_free(outputs);
    }
  }

  private static AVFilterInOut end(
      String name, AVFilterContext filter, @Nullable AVFilterInOut next) throws WorkerFailure {
    AVFilterInOut end = Native.allocated(avfilter_inout_alloc(), "avfilter_inout_alloc");
    BytePointer label = av_strdup(new BytePointer(name));
    return end.name(label).filter_ctx(filter).pad_idx(0).next(next);
  }

  private static String sourceArguments(PictureFormat format) {
    return String.format(
        Locale.ROOT,
        "video_size=%s:pix_fmt=%d:time_base=1/%d:pixel_aspect=%d/%d:colorspace=%d:range=%d",
        format.codedSize(),
        format.pixelFormat(),
        Timescale.VIDEO.ticksPerSecond(),
        format.sampleAspectNumerator(),
        format.sampleAspectDenominator(),
        format.colour().matrix(),
        format.colorRange());
  }

  private static String description(PictureFormat format, List<Resolution> sizes) {
    StringBuilder text = new StringBuilder("[in]");
    if (format.interlaced()) {
      text.append("yadif=mode=send_frame:deint=interlaced,");
    }
    text.append(
        switch (format.rotationDegrees()) {
          case 90 -> "transpose=clock,";
          case 180 -> "hflip,vflip,";
          case 270 -> "transpose=cclock,";
          default -> "";
        });
    if (format.rotationDegrees() != 0) {
      // Applied here, so not to be applied again.
      text.append("sidedata=mode=delete:type=DISPLAYMATRIX,");
    }
    text.append(firstScale(format, sizes.getFirst()));
    for (int i = 1; i < sizes.size(); i++) {
      text.append(",split[out").append(i - 1).append("][s").append(i).append("];[s").append(i);
      text.append("]").append(scale(sizes.get(i), "", ""));
    }
    return text.append("[out").append(sizes.size() - 1).append("]").toString();
  }

  private static String firstScale(PictureFormat format, Resolution target) {
    Resolution fitted = format.displaySize().fittedInto(target);
    // Rounding to even numbers is no reason for a black line.
    boolean fills = target.width() - fitted.width() <= 2 && target.height() - fitted.height() <= 2;
    String range = format.colorRange() == avutil.AVCOL_RANGE_JPEG ? ":out_range=tv" : "";
    Resolution size = fills ? target : fitted;
    String filters = scale(size, range, toStandardColour(format.colour())) + ",setsar=1";
    return fills
        ? filters
        : filters
            + String.format(
                Locale.ROOT, ",pad=%d:%d:(ow-iw)/2:(oh-ih)/2", target.width(), target.height());
  }

  private static String scale(Resolution size, String range, String colour) {
    return String.format(
        Locale.ROOT,
        "scale=%d:%d:flags=bicubic%s,%sformat=yuv420p",
        size.width(),
        size.height(),
        range,
        colour);
  }

  /**
   * High dynamic range is compressed in linear light by Hable's curve, with 100 cd/m2 for SDR's
   * white; wide gamut is clipped to that of BT.709.
   */
  private static String toStandardColour(Colour colour) {
    if (!colour.isConverted()) {
      return "";
    }
    if (avfilter_get_by_name("zscale") == null) {
      return "scale=out_primaries=bt709:out_transfer=bt709:out_color_matrix=bt709"
          + ":intent=perceptual,";
    }
    String matrix = colour.matrix() == Colour.UNSPECIFIED ? "min=bt2020nc:" : "";
    return switch (colour.range()) {
      case SDR -> "zscale=" + matrix + "tin=bt709:p=bt709:t=bt709:m=bt709:r=tv,";
      case PQ -> toneMapped(matrix, "smpte2084");
      case HLG -> toneMapped(matrix, "arib-std-b67");
    };
  }

  private static String toneMapped(String matrix, String transfer) {
    return "zscale="
        + matrix
        + "pin=bt2020:tin="
        + transfer
        + ":t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=tonemap=hable:desat=0,"
        + "zscale=t=bt709:m=bt709:r=tv,";
  }

  PictureFormat format() {
    return format;
  }

  /** The caller keeps the frame. */
  void push(AVFrame frame, Receiver receiver) throws WorkerFailure, InterruptedException {
    Native.check(
        av_buffersrc_add_frame_flags(source, frame, AV_BUFFERSRC_FLAG_KEEP_REF),
        "av_buffersrc_add_frame");
    drain(receiver);
  }

  /** Gives what a deinterlacer still holds. */
  void finish(Receiver receiver) throws WorkerFailure, InterruptedException {
    Native.check(av_buffersrc_add_frame_flags(source, null, 0), "av_buffersrc_add_frame");
    drain(receiver);
  }

  private void drain(Receiver receiver) throws WorkerFailure, InterruptedException {
    for (int i = 0; i < sinks.size(); i++) {
      while (true) {
        Frame frame = Frame.empty();
        int result = av_buffersink_get_frame(sinks.get(i), frame.get());
        if (result < 0) {
          frame.close();
          if (Native.isDry(result)) {
            break;
          }
          Native.check(result, "av_buffersink_get_frame");
        }
        AVRational timeBase = av_buffersink_get_time_base(sinks.get(i));
        // A deinterlacer counts half ticks.
        long ticks = frame.get().pts() * timeBase.num() * Timescale.VIDEO.ticksPerSecond();
        frame.get().pts(ticks / timeBase.den());
        receiver.scaled(i, frame);
      }
    }
  }

  @Override
  public void close() {
    avfilter_graph_free(graph);
  }
}
