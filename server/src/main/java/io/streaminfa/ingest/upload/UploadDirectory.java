package io.streaminfa.ingest.upload;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Where uploads lie until they are complete, and the names of what lies there. */
final class UploadDirectory {
  /** Of a form's file: of no use to anybody after a restart. */
  static final String FORM_SUFFIX = ".form";

  private UploadDirectory() {}

  /** Makes the directory, and removes the files of forms that the last process did not finish. */
  static void open(Path directory) throws IOException {
    Files.createDirectories(directory);
    try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, "*" + FORM_SUFFIX)) {
      for (Path file : left) {
        UploadFile.delete(file);
      }
    }
  }

  /** Makes names durable: a new or renamed file is lost in a power cut without it. */
  static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
