package io.streaminfa.ingest.rtmp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TimestampUnwrapperTest {
  private final TimestampUnwrapper unwrapper = new TimestampUnwrapper();

  @Test
  void theFirstValueIsTakenUnsigned() {
    assertThat(unwrapper.unwrap(0xffff_fff0L)).isEqualTo(0xffff_fff0L);
  }

  @Test
  void theTimelineGoesOnWhereThirtyTwoBitsWrap() {
    unwrapper.unwrap(0xffff_fff0L);
    assertThat(unwrapper.unwrap(0x10)).isEqualTo(0x1_0000_0010L);
    assertThat(unwrapper.unwrap(0xffff_fff8L)).isEqualTo(0xffff_fff8L);
    assertThat(unwrapper.unwrap(0x20)).isEqualTo(0x1_0000_0020L);
  }

  @Test
  void neitherTheSignBitNorTwentyFourBitsAreAnEdge() {
    unwrapper.unwrap(0x7fff_fff0L);
    assertThat(unwrapper.unwrap(0x8000_0010L)).isEqualTo(0x8000_0010L);
    TimestampUnwrapper other = new TimestampUnwrapper();
    other.unwrap(0xff_fff0);
    assertThat(other.unwrap(0x100_0010)).isEqualTo(0x100_0010);
  }

  @Test
  void aStepBackIsAStepBack() {
    unwrapper.unwrap(60_000);
    assertThat(unwrapper.unwrap(0)).isZero();
  }

  @Test
  void manyWrapsAddUp() {
    long expected = 0;
    for (int i = 0; i < 20; i++) {
      assertThat(unwrapper.unwrap(expected & 0xffff_ffffL)).isEqualTo(expected);
      expected += 0x4000_0000L;
    }
  }
}
