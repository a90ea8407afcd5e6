/** Quantities with their unit in the type: sizes, rates, clocks. */
@NullMarked
package io.streaminfa.units;

import org.jspecify.annotations.NullMarked;
