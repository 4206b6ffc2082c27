//! The content of `#[schema(…)]`, `#[serde(…)]` and doc comments.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitStr, Meta, Path, Result, Type, meta::ParseNestedMeta};

/// The attributes of a struct, an enum or a field.
#[derive(Default)]
pub(crate) struct Attributes {
    pub(crate) name: Option<String>,
    pub(crate) inline: bool,
    /// A field that always has this value, by its name.
    pub(crate) tag: Option<(String, String)>,
    pub(crate) with: Option<Path>,
    pub(crate) as_type: Option<Type>,
    pub(crate) undescribed: bool,
    /// Whether it is always there, and never null.
    pub(crate) required: bool,
    /// Whether it may be absent: declared so, or skipped by serde under a condition.
    pub(crate) optional: bool,
    pub(crate) flattened: bool,
    pub(crate) skipped: bool,
    /// Keys and values of the schema.
    pub(crate) more: Vec<TokenStream>,
    upper_case: bool,
}

impl Attributes {
    pub(crate) fn of(attributes: &[Attribute]) -> Result<Self> {
        let mut found = Self::default();
        for attribute in attributes {
            if attribute.path().is_ident("schema") {
                attribute.parse_nested_meta(|meta| found.take_schema(&meta))?;
            } else if attribute.path().is_ident("serde") {
                attribute.parse_nested_meta(|meta| found.take_serde(&meta))?;
            }
        }
        Ok(found)
    }

    fn take_schema(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        let Some(key) = meta.path.get_ident().map(Ident::to_string) else {
            return Err(meta.error("expected a word"));
        };
        match key.as_str() {
            "name" => self.name = Some(meta.value()?.parse::<LitStr>()?.value()),
            "inline" => self.inline = true,
            "optional" => self.optional = true,
            "required" => self.required = true,
            "undescribed" => self.undescribed = true,
            "with" => self.with = Some(meta.value()?.parse()?),
            "as_type" => self.as_type = Some(meta.value()?.parse()?),
            "tag" => {
                let tag;
                syn::parenthesized!(tag in meta.input);
                let name: LitStr = tag.parse()?;
                tag.parse::<syn::Token![,]>()?;
                self.tag = Some((name.value(), tag.parse::<LitStr>()?.value()));
            }
            "example" if meta.input.peek(syn::token::Paren) => {
                let json;
                syn::parenthesized!(json in meta.input);
                let json: TokenStream = json.parse()?;
                self.more.push(quote!("example": #json));
            }
            _ => {
                let value: Expr = meta.value()?.parse()?;
                let key = camel_case(&key);
                self.more.push(quote!(#key: (#value)));
            }
        }
        Ok(())
    }

    fn take_serde(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        let key = meta.path.to_token_stream().to_string();
        let value = if meta.input.peek(syn::Token![=]) {
            Some(meta.value()?.parse::<LitStr>()?.value())
        } else {
            None
        };
        match key.as_str() {
            "rename" => self.name = value,
            "rename_all" => self.upper_case = value.as_deref() == Some("UPPERCASE"),
            "flatten" => self.flattened = true,
            "skip" | "skip_serializing" => self.skipped = true,
            "skip_serializing_if" => self.optional = true,
            _ => {}
        }
        Ok(())
    }

    /// A variant's name in JSON.
    pub(crate) fn cased(&self, variant: &Ident) -> String {
        let mut name = String::new();
        for letter in variant.to_string().chars() {
            if self.upper_case {
                name.extend(letter.to_uppercase());
                continue;
            }
            if letter.is_uppercase() && !name.is_empty() {
                name.push('_');
            }
            name.extend(letter.to_lowercase());
        }
        name
    }
}

/// The text of a doc comment.
pub(crate) fn doc_text(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(line), ..
            }) => Some(line.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// `max_items` is `maxItems` in JSON Schema.
fn camel_case(key: &str) -> String {
    let mut words = key.split('_');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        name.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        name.push_str(letters.as_str());
    }
    name
}
