/** The REST control plane. */
@NullMarked
package io.streaminfa.control;

import org.jspecify.annotations.NullMarked;
