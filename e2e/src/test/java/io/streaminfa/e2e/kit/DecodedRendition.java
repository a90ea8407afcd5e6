package io.streaminfa.e2e.kit;

import static io.streaminfa.e2e.kit.FfmpegExecutable.words;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an independent decoder shows of a rendition: numbered frames, flashes and beeps. */
public record DecodedRendition(List<Frame> frames, List<Double> beepSeconds) {
  private static final Duration DEADLINE = Duration.ofMinutes(3);
  private static final Pattern VIDEO_TIME = Pattern.compile("showinfo.* pts_time:(-?[0-9.]+)");
  private static final Pattern AUDIO_TIME =
      Pattern.compile("ashowinfo.* pts_time:(-?[0-9.]+) .*rate:([0-9]+) nb_samples:([0-9]+)");
  private static final Pattern SSIM = Pattern.compile("SSIM .*All:([0-9.]+)");
  private static final Pattern SSIM_OF_FRAME = Pattern.compile("^n:.* All:([0-9.]+)");
  private static final int GRID_BYTES = TestPicture.GRID_WIDTH * TestPicture.GRID_HEIGHT;

  /** Half the brightness between the flash rectangle's black and white. */
  private static final int LIT = 125;

  /** A quarter of the beep's amplitude: above what coding smears before the onset. */
  private static final int BEEP_THRESHOLD = 5_000;

  /** Beeps are a second apart; louder samples nearer than this belong to the same one. */
  private static final double BEEP_GAP_SECONDS = 0.4;

  /**
   * A decoded frame.
   *
   * @param number what the picture itself says
   * @param seconds the presentation time in the file's own timeline
   * @param flash brightness of the flash rectangle, 0 to 255
   */
  public record Frame(int number, double seconds, int flash) {
    public boolean isLit() {
      return flash > LIT;
    }
  }

  /** A flash with its beep; the offset is positive when the sound is late. */
  public record Sync(int flashFrame, double flashSeconds, double offsetMs) {}

  /** Decodes one track of each kind, which may be in two playlists of one timeline. */
  public static DecodedRendition decode(String video, String audio)
      throws IOException, InterruptedException {
    return new DecodedRendition(video(video), audio(audio));
  }

  /** Decodes the pictures of a playlist or a file. */
  public static List<Frame> video(String input) throws IOException, InterruptedException {
    Decoding decoding =
        run(
            words(
                "-copyts -i {} -map 0:v:0 -fps_mode passthrough -vf {} -f rawvideo pipe:1",
                input,
                "showinfo=checksum=0,scale=%d:%d:flags=area,format=gray"
                    .formatted(TestPicture.GRID_WIDTH, TestPicture.GRID_HEIGHT)));
    List<Double> times = new ArrayList<>();
    for (String line : decoding.text()) {
      Matcher matcher = VIDEO_TIME.matcher(line);
      if (matcher.find()) {
        times.add(Double.parseDouble(matcher.group(1)));
      }
    }
    int count = decoding.media().remaining() / GRID_BYTES;
    if (times.size() != count) {
      throw new IOException(count + " pictures, yet " + times.size() + " times of " + input);
    }
    List<Frame> frames = new ArrayList<>();
    byte[] grid = new byte[GRID_BYTES];
    for (int i = 0; i < count; i++) {
      decoding.media().get(grid);
      frames.add(
          new Frame(TestPicture.readNumber(grid), times.get(i), TestPicture.readFlash(grid)));
    }
    return List.copyOf(frames);
  }

  /** Decodes the sound of a playlist or a file, and finds where each beep starts. */
  public static List<Double> audio(String input) throws IOException, InterruptedException {
    Decoding decoding =
        run(
            words(
                "-copyts -i {} -map 0:a:0 -af {} -f s16le pipe:1",
                input,
                "aformat=sample_fmts=s16:channel_layouts=mono,ashowinfo"));
    List<Double> onsets = new ArrayList<>();
    double lastLoud = Double.NEGATIVE_INFINITY;
    ByteBuffer pcm = decoding.media().order(ByteOrder.LITTLE_ENDIAN);
    for (String line : decoding.text()) {
      Matcher matcher = AUDIO_TIME.matcher(line);
      if (!matcher.find()) {
        continue;
      }
      double seconds = Double.parseDouble(matcher.group(1));
      double rate = Double.parseDouble(matcher.group(2));
      int samples = Integer.parseInt(matcher.group(3));
      for (int i = 0; i < samples && pcm.remaining() > 1; i++) {
        int value = pcm.getShort();
        if (Math.abs(value) >= BEEP_THRESHOLD) {
          double now = seconds + i / rate;
          if (now - lastLoud > BEEP_GAP_SECONDS) {
            onsets.add(now);
          }
          lastLoud = now;
        }
      }
    }
    return List.copyOf(onsets);
  }

  /** The numbers in the order in which they are shown. */
  public List<Integer> numbers() {
    return frames.stream().map(Frame::number).toList();
  }

  /** Each flash whose beep was heard within 400 ms of it. */
  public List<Sync> syncs() {
    List<Sync> syncs = new ArrayList<>();
    boolean lit = true;
    for (Frame frame : frames) {
      if (frame.isLit() && !lit) {
        for (double beep : beepSeconds) {
          if (Math.abs(beep - frame.seconds()) < BEEP_GAP_SECONDS) {
            syncs.add(new Sync(frame.number(), frame.seconds(), (beep - frame.seconds()) * 1000));
          }
        }
      }
      lit = frame.isLit();
    }
    return List.copyOf(syncs);
  }

  /**
   * Mean structural similarity of a rendition to its source, which is scaled to the rendition's
   * size; both are paired frame by frame, so none may be missing.
   *
   * @param firstFrame the source frame that the rendition starts with
   * @param frames how many are compared
   */
  public static double ssim(
      String rendition, SourceFilm source, int width, int height, int firstFrame, int frames)
      throws IOException, InterruptedException {
    String pairing = "settb=1/1000,setpts=N*10";
    String graph =
        ("[0:v]trim=end_frame=%d,%s,format=yuv420p[a];"
                + "[1:v]trim=start_frame=%d:end_frame=%d,%s,"
                + "scale=%d:%d:flags=bicubic,format=yuv420p[b];[a][b]ssim")
            .formatted(frames, pairing, firstFrame, firstFrame + frames, pairing, width, height);
    List<String> text =
        FfmpegExecutable.load()
            .run(
                DEADLINE,
                words(
                    "-i {} -i {} -lavfi {} -fps_mode passthrough -f null -",
                    rendition,
                    source.flv(),
                    graph));
    for (String line : text) {
      Matcher matcher = SSIM.matcher(line);
      if (matcher.find()) {
        return Double.parseDouble(matcher.group(1));
      }
    }
    throw new IOException("ffmpeg measured nothing: " + text);
  }

  /**
   * The structural similarity of each of a rendition's first pictures to that of the source.
   *
   * @param frames how many are compared; none may be missing
   */
  public static List<Double> ssimOfFrames(
      String rendition, Path source, int width, int height, int frames)
      throws IOException, InterruptedException {
    Path stats = Files.createTempFile("ssim-", ".txt");
    try {
      String pairing = "trim=end_frame=%d,settb=1/1000,setpts=N*10".formatted(frames);
      String graph =
          ("[0:v]%s,format=yuv420p[a];[1:v]%s,scale=%d:%d:flags=bicubic,format=yuv420p[b];"
                  + "[a][b]ssim=stats_file=%s")
              .formatted(pairing, pairing, width, height, stats);
      FfmpegExecutable.load()
          .run(
              DEADLINE,
              words(
                  "-i {} -i {} -lavfi {} -fps_mode passthrough -f null -",
                  rendition,
                  source,
                  graph));
      List<Double> all = new ArrayList<>();
      for (String line : Files.readAllLines(stats)) {
        Matcher matcher = SSIM_OF_FRAME.matcher(line);
        if (matcher.find()) {
          all.add(Double.parseDouble(matcher.group(1)));
        }
      }
      if (all.size() != frames) {
        throw new IOException(all.size() + " of " + frames + " pictures compared");
      }
      return List.copyOf(all);
    } finally {
      Files.delete(stats);
    }
  }

  private record Decoding(ByteBuffer media, List<String> text) {}

  private static Decoding run(List<String> arguments) throws IOException, InterruptedException {
    try (ChildProcess process = FfmpegExecutable.load().start(arguments)) {
      process.input().close();
      InputStream in = process.mediaOutput();
      FutureTask<byte[]> media = new FutureTask<>(in::readAllBytes);
      Thread.startVirtualThread(media);
      int exit = process.awaitExit(DEADLINE);
      if (exit != 0) {
        throw new IOException(
            "ffmpeg " + arguments + " ended with " + exit + ":\n" + process.tail(40));
      }
      return new Decoding(ByteBuffer.wrap(media.get()), process.lines());
    } catch (ExecutionException e) {
      throw new IOException("reading from ffmpeg failed", e);
    }
  }
}
