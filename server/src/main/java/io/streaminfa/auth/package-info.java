/** Who may administrate and who may publish. */
@NullMarked
package io.streaminfa.auth;

import org.jspecify.annotations.NullMarked;
