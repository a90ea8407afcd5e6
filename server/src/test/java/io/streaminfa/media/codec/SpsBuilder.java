package io.streaminfa.media.codec;

import io.streaminfa.media.bytes.BitWriter;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Writes sequence parameter sets that no encoder at hand would write. */
public final class SpsBuilder {
  private int profile = 66;
  private int id;
  private int chromaFormat = 1;
  private boolean scalingLists;
  private int pictureOrderType = 2;
  private int widthMacroblocks = 20;
  private int heightMapUnits = 15;
  private boolean progressive = true;
  private int[] crop = {};
  private Consumer<BitWriter> usability = bits -> {};
  private boolean hasUsability;

  public SpsBuilder profile(int value) {
    profile = value;
    return this;
  }

  public SpsBuilder id(int value) {
    id = value;
    return this;
  }

  public SpsBuilder chromaFormat(int value) {
    chromaFormat = value;
    return this;
  }

  public SpsBuilder scalingLists() {
    scalingLists = true;
    return this;
  }

  public SpsBuilder pictureOrderType(int value) {
    pictureOrderType = value;
    return this;
  }

  public SpsBuilder macroblocks(int width, int height) {
    widthMacroblocks = width;
    heightMapUnits = height;
    return this;
  }

  public SpsBuilder interlaced() {
    progressive = false;
    return this;
  }

  /** In crop units: left, right, top, bottom. */
  public SpsBuilder crop(int left, int right, int top, int bottom) {
    crop = new int[] {left, right, top, bottom};
    return this;
  }

  public SpsBuilder usability(Consumer<BitWriter> fields) {
    hasUsability = true;
    usability = fields;
    return this;
  }

  /** The NAL unit, with its header byte and emulation prevention. */
  public ByteBuffer build() {
    BitWriter bits = new BitWriter();
    bits.bits(0x67, 8).bits(profile, 8).bits(0, 8).bits(31, 8).unsignedExpGolomb(id);
    if (SequenceParameterSet.isHighProfile(profile)) {
      bits.unsignedExpGolomb(chromaFormat);
      if (chromaFormat == 3) {
        bits.flag(false);
      }
      bits.unsignedExpGolomb(0).unsignedExpGolomb(0).flag(false).flag(scalingLists);
      if (scalingLists) {
        writeScalingLists(bits);
      }
    }
    bits.unsignedExpGolomb(0).unsignedExpGolomb(pictureOrderType);
    switch (pictureOrderType) {
      case 0 -> bits.unsignedExpGolomb(2);
      case 1 -> {
        bits.flag(false).signedExpGolomb(-3).signedExpGolomb(5).unsignedExpGolomb(2);
        bits.signedExpGolomb(7).signedExpGolomb(-8);
      }
      default -> {}
    }
    bits.unsignedExpGolomb(1).flag(false);
    bits.unsignedExpGolomb(widthMacroblocks - 1L).unsignedExpGolomb(heightMapUnits - 1L);
    bits.flag(progressive);
    if (!progressive) {
      bits.flag(false);
    }
    bits.flag(true).flag(crop.length > 0);
    for (int edge : crop) {
      bits.unsignedExpGolomb(edge);
    }
    bits.flag(hasUsability);
    usability.accept(bits);
    bits.flag(true);
    return NalUnits.escape(ByteBuffer.wrap(bits.toByteArray()));
  }

  /** One list in full, one that ends at once, one that falls back midway, and the rest absent. */
  private void writeScalingLists(BitWriter bits) {
    bits.flag(true);
    for (int i = 0; i < 16; i++) {
      bits.signedExpGolomb(i % 2 == 0 ? 3 : -2);
    }
    bits.flag(true).signedExpGolomb(-8);
    bits.flag(true).signedExpGolomb(4).signedExpGolomb(-12);
    int lists = chromaFormat == 3 ? 12 : 8;
    for (int i = 3; i < lists; i++) {
      bits.flag(false);
    }
  }
}
