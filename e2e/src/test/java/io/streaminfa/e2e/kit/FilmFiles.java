package io.streaminfa.e2e.kit;

import static io.streaminfa.e2e.kit.FfmpegExecutable.words;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Films in files of many kinds, as cameras, recorders and editors write them. */
public final class FilmFiles {
  private static final Path DIRECTORY = Path.of("target", "media", "files");
  private static final Duration DEADLINE = Duration.ofMinutes(2);
  private static final FilmSpec SPEC = FilmSpec.of(640, 360, 10_000);

  private static final int TS_PACKET_BYTES = 188;

  /** FFmpeg's muxer gives it to the first track. */
  private static final int TS_FIRST_PID = 0x100;

  private FilmFiles() {}

  /**
   * A film in a file.
   *
   * @param spec what it shows, and when
   * @param frames those of the spec that a viewer of the file sees
   */
  public record FilmFile(Path path, FilmSpec spec, List<Integer> frames) {
    static FilmFile whole(Path path, FilmSpec spec) {
      return new FilmFile(path, spec, IntStream.range(0, spec.frames()).boxed().toList());
    }

    /** Of the frames that are seen, those with which a flash begins. */
    public List<Integer> flashFrames() {
      return spec.flashFrames().stream().filter(frames::contains).toList();
    }

    /** When each of them is shown, after the first. */
    public List<Double> frameSeconds() {
      long first = spec.ptsMicros(frames.getFirst());
      return frames.stream().map(frame -> (spec.ptsMicros(frame) - first) / 1e6).toList();
    }

    public double durationSeconds() {
      int last = frames.getLast();
      int step = frames.size() < 2 ? 1 : frames.get(1) - frames.get(0);
      return (spec.ptsMicros(last + step) - spec.ptsMicros(frames.getFirst())) / 1e6;
    }
  }

  /** Cut in front by an edit list, between two key frames and behind B-frames. */
  public static FilmFile mp4WithAnEditList() throws IOException, InterruptedException {
    SourceFilm film = SourceFilm.make(SPEC);
    Path file =
        made("edited.mp4", words("-ss 1.21 -i {} -c copy -movflags +faststart", film.mp4()));
    List<Integer> frames = IntStream.range(36, SPEC.frames()).boxed().toList();
    return new FilmFile(file, SPEC, frames);
  }

  /** Stored sideways at an NTSC rate, and described at its end. */
  public static FilmFile movFromAPhone() throws IOException, InterruptedException {
    FilmSpec spec = SPEC.rate(30_000, 1001);
    Path turned =
        made(
            "turned.mp4",
            words(
                "-i {} -vf transpose=1 -fps_mode passthrough -c:v libx264 -preset ultrafast -bf 2"
                    + " -crf 18 -c:a copy",
                SourceFilm.make(spec).flv()));
    Path file = made("phone.mov", words("-display_rotation 90 -i {} -c copy", turned));
    return FilmFile.whole(file, spec);
  }

  public static FilmFile fragmentedMp4() throws IOException, InterruptedException {
    return copied("fragmented.mp4", "-movflags frag_keyframe+empty_moov+default_base_moof");
  }

  public static FilmFile mkvOfVariableRate() throws IOException, InterruptedException {
    FilmSpec spec = SPEC.variableRate(33, 34, 40, 26);
    return FilmFile.whole(
        made("vfr.mkv", words("-i {} -c copy", SourceFilm.make(spec).flv())), spec);
  }

  public static FilmFile webmOfVp9AndOpus() throws IOException, InterruptedException {
    return encoded(
        "vp9.webm",
        "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 1500k -g 60"
            + " -enc_time_base 1:1000 -c:a libopus -b:a 96k");
  }

  public static FilmFile transportStream() throws IOException, InterruptedException {
    return copied("film.ts", "-f mpegts");
  }

  public static FilmFile flv() throws IOException, InterruptedException {
    return FilmFile.whole(SourceFilm.make(SPEC).flv(), SPEC);
  }

  /** Two fields of two moments in each picture; the first of them is what is to be seen. */
  public static FilmFile programStreamOfInterlacedMpeg2() throws IOException, InterruptedException {
    FilmSpec spec = SPEC.rate(60, 1);
    Path file =
        made(
            "interlaced.mpg",
            words(
                "-i {} -vf tinterlace=interleave_top,setfield=tff -fps_mode passthrough"
                    + " -c:v mpeg2video -b:v 4M -maxrate 8M -bufsize 1835k -flags +ildct+ilme"
                    + " -c:a ac3 -b:a 192k -f vob",
                SourceFilm.make(spec).flv()));
    List<Integer> shown = IntStream.range(0, spec.frames() / 2).map(i -> 2 * i).boxed().toList();
    return new FilmFile(file, spec, shown);
  }

  /** Which has no times but those of decoding. */
  public static FilmFile aviOfMpeg4WithBFrames() throws IOException, InterruptedException {
    return encoded("mpeg4.avi", "-c:v mpeg4 -bf 2 -b:v 2M -g 30 -c:a pcm_s16le");
  }

  public static FilmFile hdr10() throws IOException, InterruptedException {
    String colours = "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:hdr10=1";
    String display =
        "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)";
    return encoded(
        "hdr10.mp4",
        "-c:v libx265 -preset ultrafast -crf 20 -pix_fmt yuv420p10le -tag:v hvc1"
            + " -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc"
            + " -x265-params log-level=error:pools=2:%s:%s:max-cll=1000,400 -c:a copy"
                .formatted(colours, display));
  }

  public static FilmFile surroundAt44100() throws IOException, InterruptedException {
    FilmSpec spec = SPEC.audio(FilmSpec.Audio.AAC, 44_100, 6);
    return FilmFile.whole(
        made("surround.mp4", words("-i {} -c copy", SourceFilm.make(spec).flv())), spec);
  }

  public static FilmFile surroundAt96000() throws IOException, InterruptedException {
    FilmSpec spec = SPEC.audio(FilmSpec.Audio.AAC, 96_000, 6);
    return FilmFile.whole(
        made("surround.mkv", words("-i {} -c:v copy -c:a flac", SourceFilm.make(spec).flv())),
        spec);
  }

  public static FilmFile withoutSound() throws IOException, InterruptedException {
    FilmSpec spec = SPEC.audio(FilmSpec.Audio.NONE, 48_000, 2);
    return FilmFile.whole(
        made("silent.mp4", words("-i {} -c copy", SourceFilm.make(spec).flv())), spec);
  }

  /** The first track is silent; the second is the default and has the beeps. */
  public static FilmFile withSeveralAudioTracks() throws IOException, InterruptedException {
    return FilmFile.whole(
        made(
            "tracks.mkv",
            words(
                "-i {} -f lavfi -i {} -map 0:v -map 1:a -map 0:a -c:v copy -c:a:0 aac -c:a:1 copy"
                    + " -disposition:a:0 0 -disposition:a:1 default -t 10",
                SourceFilm.make(SPEC).flv(),
                "anullsrc=r=48000:cl=stereo")),
        SPEC);
  }

  /** A picture for the shelf, and a track of time codes. */
  public static FilmFile withACoverAndData() throws IOException, InterruptedException {
    Path cover = made("cover.png", words("-f lavfi -i {} -frames:v 1", "color=red:s=400x600"));
    return FilmFile.whole(
        made(
            "cover.mp4",
            words(
                "-i {} -i {} -map 1 -map 0 -c copy -disposition:v:0 attached_pic"
                    + " -timecode 01:00:00:00",
                SourceFilm.make(SPEC).flv(),
                cover)),
        SPEC);
  }

  private static FilmFile copied(String name, String options)
      throws IOException, InterruptedException {
    List<String> arguments = words("-i {} -c copy", SourceFilm.make(SPEC).flv());
    arguments.addAll(words(options));
    return FilmFile.whole(made(name, arguments), SPEC);
  }

  private static FilmFile encoded(String name, String options)
      throws IOException, InterruptedException {
    List<String> arguments = words("-i {} -fps_mode passthrough", SourceFilm.make(SPEC).flv());
    arguments.addAll(words(options));
    return FilmFile.whole(made(name, arguments), SPEC);
  }

  /** Makes a file with ffmpeg once per build; the name goes behind the arguments. */
  static Path made(String name, List<String> arguments) throws IOException, InterruptedException {
    Path file = DIRECTORY.resolve(name);
    if (!Files.exists(file)) {
      Files.createDirectories(DIRECTORY);
      Path unfinished = DIRECTORY.resolve("unfinished-" + name);
      List<String> all = new ArrayList<>(arguments);
      all.add(unfinished.toString());
      FfmpegExecutable.load().run(DEADLINE, all);
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return file;
  }

  /** A transport stream whose video packets (ISO/IEC 13818-1, 2.4.3.2) carry noise. */
  public static Path withoutPictures(Path transportStream, Path target) throws IOException {
    byte[] bytes = Files.readAllBytes(transportStream);
    Random noise = new Random(3);
    for (int at = 0; at + TS_PACKET_BYTES <= bytes.length; at += TS_PACKET_BYTES) {
      int pid = (bytes[at + 1] & 0x1f) << 8 | bytes[at + 2] & 0xff;
      boolean begins = (bytes[at + 1] & 0x40) != 0;
      boolean hasAdaptation = (bytes[at + 3] & 0x20) != 0;
      if (pid == TS_FIRST_PID) {
        int payload = at + 4 + (hasAdaptation ? 1 + (bytes[at + 4] & 0xff) : 0);
        // The head of a PES packet stays, with its times.
        int from = begins ? payload + 9 + (bytes[payload + 8] & 0xff) : payload;
        for (int i = from; i < at + TS_PACKET_BYTES; i++) {
          bytes[i] = (byte) noise.nextInt(1, 256);
        }
      }
    }
    return Files.write(target, bytes);
  }

  /** A file that is not to become a stream. */
  public static Path refused(String name, String options) throws IOException, InterruptedException {
    return made(name, words(options));
  }
}
