package io.streaminfa.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StreamKeyLocationTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          host/app/key                        | live               | key                | key
          host/app/key?token=x                | live               | key?token=x        | key
          host/app?token=x, key               | live?token=x       | key                | key
          a query with slashes                | live?u=a/b         | key?u=c/d          | key
          an app with slashes                 | live/eu/west       | key                | key
          ffmpeg cuts after two segments      | live               | eu/west/key        | key
          an app that ends with a slash       | live/              | key                | key
          a name that begins with one         | live               | /key               | key
          a name that ends with one           | live               | key/               | key
          an empty app                        | ""                 | key                | key
          an empty name, the key in the app   | live/key           | ""                 | key
          host/key                            | key                | ""                 | key
          an empty name, the query behind it  | live/key?token=x   | ""                 | key
          a name that is only a query         | live/key           | ?token=x           | key
          a key with trailing spaces          | live               | "key  "            | key
          a key with a line end               | live               | "key%0D%0A"        | key
          an encoded key                      | live               | k%65y%2d1          | key-1
          an encoded slash is part of the key | live               | a%2Fb              | a/b
          an encoded question mark too        | live               | a%3Fb              | a?b
          encoded UTF-8                       | live               | k%C3%A9            | k\u00e9
          a percent sign of its own           | live               | 100%               | 100%
          a percent sign and one digit        | live               | 100%4              | 100%4
          a plus stays                        | live               | a+b                | a+b
          nothing                             | ""                 | ""                 | ""
          slashes                             | /                  | //                 | ""
          only a query                        | ?a                 | ?b                 | ""
          """)
  void isFound(String where, String app, String name, String key) {
    assertThat(StreamKeyLocation.find(app, name)).as(where).isEqualTo(key);
  }
}
