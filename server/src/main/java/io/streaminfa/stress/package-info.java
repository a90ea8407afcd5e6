/** Seven loads on the server's own classes, timed and checked. */
@NullMarked
package io.streaminfa.stress;

import org.jspecify.annotations.NullMarked;
