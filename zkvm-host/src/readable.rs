//! Errors that `main` and `unwrap` print, which is by `Debug`, as messages for people.

/// Lets `Debug` print what `Display` prints.
macro_rules! debug_as_display {
    ($($error:ty),*) => {
        $(impl std::fmt::Debug for $error {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        })*
    };
}

pub(crate) use debug_as_display;
