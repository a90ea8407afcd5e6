package io.streaminfa.transcode.worker;

import static org.bytedeco.ffmpeg.global.avfilter.av_buffersink_get_frame;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_get_by_name;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_alloc;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_config;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_create_filter;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_free;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_parse_ptr;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_inout_alloc;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_inout_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.global.avutil.av_strdup;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avfilter.AVFilterContext;
import org.bytedeco.ffmpeg.avfilter.AVFilterGraph;
import org.bytedeco.ffmpeg.avfilter.AVFilterInOut;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;

/** Endless pictures and sound out of two filter graphs without an input. */
final class GeneratedMedia implements AutoCloseable {
  private final List<AVFilterGraph> graphs;
  private final AVFilterContext pictures;
  private final AVFilterContext sounds;
  private final Frame frame;

  private GeneratedMedia(
      List<AVFilterGraph> graphs, AVFilterContext pictures, AVFilterContext sounds, Frame frame) {
    this.graphs = graphs;
    this.pictures = pictures;
    this.sounds = sounds;
    this.frame = frame;
  }

  static GeneratedMedia open(String videoDescription, String audioDescription)
      throws WorkerFailure {
    List<AVFilterGraph> graphs = new ArrayList<>();
    try {
      AVFilterContext pictures = openSink("buffersink", videoDescription, graphs);
      AVFilterContext sounds = openSink("abuffersink", audioDescription, graphs);
      return new GeneratedMedia(graphs, pictures, sounds, Frame.empty());
    } catch (WorkerFailure e) {
      graphs.forEach(graph -> avfilter_graph_free(graph));
      throw e;
    }
  }

  private static AVFilterContext openSink(
      String sinkName, String description, List<AVFilterGraph> graphs) throws WorkerFailure {
    AVFilterGraph graph = Native.allocated(avfilter_graph_alloc(), "avfilter_graph_alloc");
    graphs.add(graph);
    graph.nb_threads(1);
    AVFilterContext sink = new AVFilterContext(null);
    Native.check(
        avfilter_graph_create_filter(
            sink, avfilter_get_by_name(sinkName), "out", null, null, graph),
        sinkName);
    AVFilterInOut inputs = Native.allocated(avfilter_inout_alloc(), "avfilter_inout_alloc");
    BytePointer label = av_strdup(new BytePointer("out"));
    inputs.name(label).filter_ctx(sink).pad_idx(0);
    AVFilterInOut outputs = new AVFilterInOut(null);
    try {
      Native.check(
          avfilter_graph_parse_ptr(graph, description + "[out]", inputs, outputs, null),
          description);
    } finally {
      avfilter_inout_free(inputs);
      avfilter_inout_free(outputs);
    }
    Native.check(avfilter_graph_config(graph, null), "avfilter_graph_config");
    return sink;
  }

  /** Valid until the next call. */
  AVFrame nextPicture() throws WorkerFailure {
    return next(pictures);
  }

  /** Valid until the next call. */
  AVFrame nextSound() throws WorkerFailure {
    return next(sounds);
  }

  private AVFrame next(AVFilterContext sink) throws WorkerFailure {
    av_frame_unref(frame.get());
    Native.check(av_buffersink_get_frame(sink, frame.get()), "av_buffersink_get_frame");
    return frame.get();
  }

  @Override
  public void close() {
    frame.close();
    graphs.forEach(graph -> avfilter_graph_free(graph));
  }
}
