/** The product from outside: real publishers, real players, real faults. */
@NullMarked
package io.streaminfa.e2e;

import org.jspecify.annotations.NullMarked;
