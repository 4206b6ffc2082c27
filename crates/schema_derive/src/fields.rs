//! A field, and the lines that add it to an object's schema.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, GenericArgument, Ident, PathArguments, Result, Type};

use crate::attributes::{Attributes, doc_text};

/// Whether a struct is sent by callers or answered to them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Sent,
    SentAsForm,
    Answered,
}

/// A field of a struct.
pub(crate) struct Field {
    pub(crate) ident: Ident,
    /// Its name in JSON.
    pub(crate) name: String,
    kind: Type,
    is_option: bool,
    description: String,
    attributes: Attributes,
}

impl Field {
    pub(crate) fn of(field: &syn::Field) -> Result<Self> {
        let Some(ident) = field.ident.clone() else {
            return Err(Error::new_spanned(field, "expected a field with a name"));
        };
        let attributes = Attributes::of(&field.attrs)?;
        let declared = attributes.as_type.as_ref().unwrap_or(&field.ty);
        let within = within_option(declared);
        Ok(Self {
            name: attributes.name.clone().unwrap_or_else(|| ident.to_string()),
            ident,
            kind: within.unwrap_or(declared).clone(),
            is_option: within.is_some(),
            description: if attributes.undescribed {
                String::new()
            } else {
                doc_text(&field.attrs)
            },
            attributes,
        })
    }

    /// The statement that adds it to `object`.
    pub(crate) fn schema(&self, direction: Direction) -> TokenStream {
        let Self {
            name,
            kind,
            description,
            attributes,
            ..
        } = self;
        if attributes.skipped {
            return TokenStream::new();
        }
        let schema = match &attributes.with {
            Some(function) => quote!(#function(components)),
            None => quote!(<#kind as ::schema::HasSchema>::schema(components)),
        };
        let may_be_absent = attributes.optional || (self.is_option && direction == Direction::Sent);
        let required = attributes.required || !may_be_absent;
        if attributes.flattened {
            let required = !self.is_option;
            return quote! {
                let flattened = #schema;
                object.flattened(components, #required, flattened);
            };
        }
        let more = &attributes.more;
        let mut schema = quote! {{
            let schema = #schema;
            ::schema::with(schema, #description, ::schema::json!({ #(#more),* }))
        }};
        // A field that is skipped when it is `None` is never null.
        if self.is_option && !attributes.required && (direction == Direction::Sent || !attributes.optional) {
            schema = quote!(::schema::as_nullable(#schema));
        }
        quote! {
            let schema = #schema;
            object.field(#name, #required, schema);
        }
    }
}

/// `T` of `Option<T>`.
fn within_option(kind: &Type) -> Option<&Type> {
    let Type::Path(path) = kind else { return None };
    let last = path.path.segments.last()?;
    if last.ident != "Option" {
        return None;
    }
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first() {
        Some(GenericArgument::Type(kind)) => Some(kind),
        _ => None,
    }
}
