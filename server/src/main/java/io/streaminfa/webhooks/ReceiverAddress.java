package io.streaminfa.webhooks;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * Which addresses are the Internet's. Whoever may add a receiver must not reach through the server
 * what only the server can reach: its own machine, its network, a cloud's metadata service.
 */
final class ReceiverAddress {
  /** Of IPv4, what the IANA registry of special-purpose addresses has as not globally reachable. */
  private static final int[][] SPECIAL_IPV4 = {
    {0, 0, 8}, // this network
    {10, 0, 8}, // private
    {100, 64, 10}, // shared by a provider's customers
    {127, 0, 8}, // loopback
    {169, 254, 16}, // link-local, the metadata services of clouds too
    {172, 16, 12}, // private
    {192, 168, 16}, // private
    {198, 18, 15}, // benchmarks
    {224, 0, 3}, // multicast, reserved, broadcast
  };

  /** With three bytes: protocol assignments, documentation, 6to4 relays. */
  private static final int[][] SPECIAL_IPV4_24 = {
    {192, 0, 0}, {192, 0, 2}, {192, 88, 99}, {198, 51, 100}, {203, 0, 113},
  };

  private ReceiverAddress() {}

  static boolean isPublic(InetAddress address) {
    // A mapped IPv4 address is an Inet4Address here already.
    return switch (address) {
      case Inet4Address four -> isPublic4(four.getAddress());
      case Inet6Address six -> isPublic6(six.getAddress());
      default -> false;
    };
  }

  private static boolean isPublic4(byte[] bytes) {
    for (int[] net : SPECIAL_IPV4) {
      int address = (bytes[0] & 0xff) << 8 | bytes[1] & 0xff;
      int shift = 16 - net[2];
      if (address >> shift == (net[0] << 8 | net[1]) >> shift) {
        return false;
      }
    }
    for (int[] net : SPECIAL_IPV4_24) {
      if ((bytes[0] & 0xff) == net[0]
          && (bytes[1] & 0xff) == net[1]
          && (bytes[2] & 0xff) == net[2]) {
        return false;
      }
    }
    return true;
  }

  /** RFC 4291, 2.4: global unicast is assigned from 2000::/3 only. */
  private static boolean isPublic6(byte[] bytes) {
    int first = (bytes[0] & 0xff) << 8 | bytes[1] & 0xff;
    int second = (bytes[2] & 0xff) << 8 | bytes[3] & 0xff;
    boolean isUnicast = first >> 13 == 1;
    // 2001::/23 has Teredo, which carries IPv4 addresses, and other protocols.
    boolean isProtocol = first == 0x2001 && second < 0x200;
    boolean isDocumentation =
        first == 0x2001 && second == 0xdb8 || first == 0x3fff && second < 0x1000;
    boolean is6to4 = first == 0x2002;
    return isUnicast && !isProtocol && !isDocumentation && !is6to4;
  }
}
