//! The derives of `schema::HasSchema` and of web's bodies: one struct, its JSON and its schema.
//!
//! Both read what serde reads (`rename`, `flatten`, `skip`, `skip_serializing_if`, `rename_all`), and `#[schema(…)]`:
//!
//! | on a struct or an enum | |
//! |---|---|
//! | `name = "Order"` | the component's name, where it is not the type's |
//! | `inline` | it is no component, but is written out where it is used |
//! | `example({…})` | an example, as JSON |
//! | `tag("grant_type", "password")` | a field that always has this value |
//!
//! | on a field | |
//! |---|---|
//! | `with = function` | the schema is what this function makes of the components, instead of the type's |
//! | `as_type = Type` | the schema is this type's |
//! | `optional` | it may be absent |
//! | `required` | it is there and not null, whatever its type says |
//! | `undescribed` | its doc comment is for readers of the code alone |
//! | any other `key = value` | is in the schema, in camel case: `max_items = LIMIT` |
//!
//! An `Option` is a field that may be null; in a body, or with `skip_serializing_if`, one that may be absent.

mod attributes;
mod fields;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Error, Fields, Result, parse_macro_input};

use crate::{
    attributes::{Attributes, doc_text},
    fields::{Direction, Field},
};

/// Derives `schema::HasSchema` for what is answered: a struct with named fields, or an enum of names.
#[proc_macro_derive(HasSchema, attributes(schema, serde))]
pub fn has_schema(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    schema_of(&input, Direction::Answered)
        .unwrap_or_else(Error::into_compile_error)
        .into()
}

/// Derives `schema::HasSchema` for what is sent, and its reader for web's `FromJson`: it goes on after a wrong field, and refuses
/// fields that the struct does not have.
#[proc_macro_derive(Body, attributes(schema))]
pub fn body(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let derived = schema_of(&input, Direction::Sent).and_then(|schema| {
        let reader = reader_of(&input)?;
        Ok(quote!(#schema #reader))
    });
    derived.unwrap_or_else(Error::into_compile_error).into()
}

/// The same for what is sent as a form: the schema, and the reader for web's `FromForm`. Fields that the struct does not have are
/// ignored, as RFC 6749 demands.
#[proc_macro_derive(FormBody, attributes(schema))]
pub fn form_body(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let derived = schema_of(&input, Direction::SentAsForm).and_then(|schema| {
        let reader = form_reader_of(&input)?;
        Ok(quote!(#schema #reader))
    });
    derived.unwrap_or_else(Error::into_compile_error).into()
}

fn schema_of(input: &DeriveInput, direction: Direction) -> Result<TokenStream> {
    let attributes = Attributes::of(&input.attrs)?;
    let description = doc_text(&input.attrs);
    let ident = &input.ident;
    let name = attributes.name.clone().unwrap_or_else(|| ident.to_string());
    let schema = match &input.data {
        Data::Struct(_) => {
            let fields = fields_of(input)?;
            let fields: Vec<TokenStream> = fields.iter().map(|field| field.schema(direction)).collect();
            let tag = attributes.tag.as_ref().map(|(name, value)| {
                quote!(object.field(#name, true, ::schema::json!({"type": "string", "enum": [#value]}));)
            });
            let mut more = attributes.more.clone();
            if direction == Direction::Sent {
                more.push(quote!("additionalProperties": false));
            }
            quote! {{
                let mut object = ::schema::Object::default();
                #tag
                #(#fields)*
                object.schema(#description, ::schema::json!({ #(#more),* }))
            }}
        }
        Data::Enum(names) => {
            let names = names
                .variants
                .iter()
                .map(|variant| attributes.cased(&variant.ident));
            let names: Vec<String> = names.collect();
            quote!(::schema::json!({"type": "string", "description": #description, "enum": [#(#names),*]}))
        }
        Data::Union(_) => return Err(Error::new_spanned(ident, "a union has no JSON")),
    };
    let schema = if attributes.inline {
        schema
    } else {
        quote!(components.named(#name, |components| #schema))
    };
    Ok(quote! {
        impl ::schema::HasSchema for #ident {
            #[allow(unused_variables, unused_mut, reason = "a struct may have no fields")]
            fn schema(components: &mut ::schema::Components) -> ::schema::Value {
                #schema
            }
        }
    })
}

fn reader_of(input: &DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    let fields = fields_of(input)?;
    let idents: Vec<_> = fields.iter().map(|field| &field.ident).collect();
    let names: Vec<_> = fields.iter().map(|field| &field.name).collect();
    Ok(quote! {
        impl crate::body::FromJson for #ident {
            fn from_json(json: crate::body::Json, place: &mut crate::body::Location<'_>) -> ::core::option::Option<Self> {
                crate::body::Fields::read(json, place, |_fields| {
                    #(let #idents = _fields.take(#names);)*
                    ::core::option::Option::Some(Self { #(#idents: #idents?),* })
                })
            }
        }
    })
}

fn form_reader_of(input: &DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    let fields = fields_of(input)?;
    let idents: Vec<_> = fields.iter().map(|field| &field.ident).collect();
    let names: Vec<_> = fields.iter().map(|field| &field.name).collect();
    Ok(quote! {
        impl crate::form::FromForm for #ident {
            fn from_form(form: &mut crate::form::Form) -> ::core::result::Result<Self, crate::form::NotOnce> {
                ::core::result::Result::Ok(Self { #(#idents: form.take(#names)?.into()),* })
            }
        }
    })
}

fn fields_of(input: &DeriveInput) -> Result<Vec<Field>> {
    let Data::Struct(data) = &input.data else {
        return Err(Error::new_spanned(&input.ident, "expected a struct"));
    };
    match &data.fields {
        Fields::Named(named) => named.named.iter().map(Field::of).collect(),
        Fields::Unit => Ok(Vec::new()),
        Fields::Unnamed(_) => Err(Error::new_spanned(&input.ident, "expected fields with names")),
    }
}
